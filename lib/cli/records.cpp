// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/records.hpp"

#include "cli/document.hpp"
#include "cli/record_tables.hpp"
#include "cli/sorted_records.hpp"

#include <nlohmann/json.hpp>

namespace thv::cli {

namespace {

using Json = nlohmann::ordered_json;

class Names final : public Records {
public:
    explicit Names(Console& console)
        : console_(console) {}
    void add(const Record& record) override { console_.print(printable(record.name)); }
    void tell(std::string_view /*change*/, std::string_view /*kind*/, const Record& record) override {
        add(record);
        console_.flush();
    }
    void finish() override {}

private:
    Console& console_;
};

/// What has happened to a thing, as one document.
Json told(std::string_view change, std::string_view kind, const Record& record) {
    Json document{{"change", change}};
    document[std::string{kind}] = record.document();
    return document;
}

void tell_on_a_line(std::string_view change, std::string_view kind, const Record& record, Console& console) {
    console.write(json_line(told(change, kind, record)));
    console.flush();
}

/// The bytes are those of one array, made element by element.
class JsonArray final : public Records {
public:
    explicit JsonArray(Console& console)
        : console_(console) {}
    void add(const Record& record) override {
        auto text = json_text(record.document());
        text.pop_back();
        console_.write(first_ ? "[\n  " : ",\n  ");
        first_ = false;
        for (std::size_t start = 0;;) {
            const auto end = text.find('\n', start);
            console_.write(std::string_view{text}.substr(start, end - start));
            if (end == std::string::npos) break;
            console_.write("\n  ");
            start = end + 1;
        }
    }
    void tell(std::string_view change, std::string_view kind, const Record& record) override {
        tell_on_a_line(change, kind, record, console_);
    }
    void finish() override { console_.write(first_ ? "[]\n" : "\n]\n"); }

private:
    bool first_ = true;
    Console& console_;
};

class JsonLines final : public Records {
public:
    explicit JsonLines(Console& console)
        : console_(console) {}
    void add(const Record& record) override { console_.write(json_line(record.document())); }
    void tell(std::string_view change, std::string_view kind, const Record& record) override {
        tell_on_a_line(change, kind, record, console_);
    }
    void finish() override {}

private:
    Console& console_;
};

/// One sequence; of a watch, a stream of documents.
class Yaml final : public Records {
public:
    explicit Yaml(Console& console)
        : console_(console) {}
    void add(const Record& record) override {
        console_.write(yaml_text(Json::array({record.document()})));
        first_ = false;
    }
    void tell(std::string_view change, std::string_view kind, const Record& record) override {
        console_.write("---\n" + yaml_text(told(change, kind, record)));
        console_.flush();
    }
    void finish() override {
        if (first_) console_.write("[]\n");
    }

private:
    bool first_ = true;
    Console& console_;
};

std::unique_ptr<Records> unsorted(const Output& output, Shape shape, Console& console) {
    switch (output.form()) {
    case Form::json:
        return std::make_unique<JsonArray>(console);
    case Form::jsonl:
        return std::make_unique<JsonLines>(console);
    case Form::yaml:
        return std::make_unique<Yaml>(console);
    case Form::name:
        return std::make_unique<Names>(console);
    case Form::table:
    case Form::wide:
    case Form::columns:
    case Form::filled:
    case Form::own:
        break;
    }
    return table_records(output, std::move(shape), console);
}

} // namespace

std::unique_ptr<Records> records_for(const Output& output, Shape shape, Console& console) {
    auto records = unsorted(output, std::move(shape), console);
    if (const auto& key = output.sorted_by()) return sorted(std::move(records), *key);
    return records;
}

} // namespace thv::cli
