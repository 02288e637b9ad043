// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/catch.hpp"

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace thv::test {

/// The samples of a text in Prometheus' exposition format, "name{labels}" → value, having checked what a scraper and
/// promtool check: each family in one piece with HELP and TYPE before its samples, names and labels well-formed, no
/// sample twice, counters that end in _total, histograms whole and cumulative.
class Samples {
public:
    explicit Samples(const std::string& text) {
        REQUIRE(text.ends_with('\n'));
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            if (line.starts_with("#"))
                comment(line);
            else
                sample(line);
        }
        for (const auto& [series, buckets] : buckets_) {
            INFO(series);
            REQUIRE(buckets.contains("+Inf"));
            REQUIRE(counts_.contains(series));
            REQUIRE(sums_.contains(series));
            CHECK(buckets.at("+Inf") == counts_.at(series));
        }
    }

    double at(const std::string& sample) const {
        INFO(sample);
        REQUIRE(values_.contains(sample));
        return values_.at(sample);
    }
    bool has(const std::string& sample) const { return values_.contains(sample); }
    std::size_t size() const { return values_.size(); }

private:
    void comment(const std::string& line) {
        static const std::regex help{R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*)"};
        static const std::regex type{R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))"};
        std::smatch parts;
        if (std::regex_match(line, parts, help)) {
            REQUIRE(seen_.insert(parts[1]).second);
            helped_ = parts[1];
            return;
        }
        REQUIRE(std::regex_match(line, parts, type));
        REQUIRE(parts[1] == helped_);
        family_ = parts[1];
        type_ = parts[2];
        if (type_ == "counter") CHECK(family_.ends_with("_total"));
        if (type_ != "counter") CHECK_FALSE(family_.ends_with("_total"));
    }

    void sample(const std::string& line) {
        static const std::regex shape{
            R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\S+))re"};
        std::smatch parts;
        REQUIRE(std::regex_match(line, parts, shape));
        const auto name = parts[1].str();
        auto labels = parts[3].str();
        CHECK_FALSE(labels.ends_with(','));
        std::size_t used = 0;
        const double value = std::stod(parts[4], &used);
        CHECK(used == parts[4].str().size());
        if (type_ != "gauge") CHECK(value >= 0);
        REQUIRE(values_.emplace(name + parts[2].str(), value).second);
        if (type_ != "histogram") {
            CHECK(name == family_);
            return;
        }
        REQUIRE(name.starts_with(family_));
        const auto suffix = name.substr(family_.size());
        if (suffix == "_sum") return void(sums_.emplace(family_ + labels, value));
        if (suffix == "_count") return void(counts_.emplace(family_ + labels, value));
        REQUIRE(suffix == "_bucket");
        std::smatch bound;
        static const std::regex le{R"re((.*?),?le="([^"]*)")re"};
        REQUIRE(std::regex_match(labels, bound, le));
        auto& buckets = buckets_[family_ + bound[1].str()];
        if (!buckets.empty()) CHECK(value >= last_bucket_);
        last_bucket_ = value;
        REQUIRE(buckets.emplace(bound[2], value).second);
    }

    std::string helped_;
    std::string family_;
    std::string type_;
    std::set<std::string> seen_;
    std::map<std::string, double> values_;
    std::map<std::string, std::map<std::string, double>> buckets_;
    std::map<std::string, double> sums_;
    std::map<std::string, double> counts_;
    double last_bucket_ = 0;
};

} // namespace thv::test
