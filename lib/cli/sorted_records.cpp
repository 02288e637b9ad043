// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/sorted_records.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace thv::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Kept {
    std::string name;
    std::vector<std::string> cells;
    Json document;
    Json key;              ///< null when there is none
    std::size_t place = 0; ///< in the order in which things came
};

bool before(const Kept& one, const Kept& other) {
    const auto rank = [](const Json& key) { return key.is_null() ? 2 : key.is_number() ? 0 : 1; };
    if (rank(one.key) != rank(other.key)) return rank(one.key) < rank(other.key);
    if (one.key == other.key) return one.place < other.place;
    if (one.key.is_number()) return one.key < other.key;
    return cell_of(one.key) < cell_of(other.key);
}

class Sorted final : public Records {
public:
    Sorted(std::unique_ptr<Records> target, Path key)
        : target_(std::move(target))
        , key_(std::move(key)) {}

    void add(const Record& record) override {
        Kept kept{.name = record.name,
                  .cells = record.cells(),
                  .document = record.document(),
                  .key = {},
                  .place = kept_.size()};
        if (const auto found = key_.in(kept.document); !found.empty()) kept.key = *found.front();
        kept_.push_back(std::move(kept));
    }
    void tell(std::string_view change, std::string_view kind, const Record& record) override {
        target_->tell(change, kind, record);
    }
    void finish() override {
        check();
        std::ranges::sort(kept_, before);
        for (const auto& kept : kept_)
            target_->add({kept.name, [&kept] { return kept.cells; }, [&kept] { return kept.document; }});
        target_->finish();
    }

private:
    /// A typing error must not look like a sorted list.
    void check() const {
        if (kept_.empty() || std::ranges::any_of(kept_, [](const Kept& kept) { return !kept.key.is_null(); })) return;
        std::vector<std::string> keys;
        for (const auto& [key, value] : kept_.front().document.items())
            keys.push_back(key);
        throw Error{Fault::usage, fmt::format("nothing can be sorted by '{}'", key_.str())}.hint(
            fmt::format("there are the keys {}", fmt::join(keys, ", ")));
    }

    std::unique_ptr<Records> target_;
    Path key_;
    std::vector<Kept> kept_;
};

} // namespace

std::unique_ptr<Records> sorted(std::unique_ptr<Records> target, Path key) {
    return std::make_unique<Sorted>(std::move(target), std::move(key));
}

} // namespace thv::cli
