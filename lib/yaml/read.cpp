// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "yaml/scalar.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

namespace thv {

namespace {

using nlohmann::ordered_json;

[[noreturn]] void refuse(std::string_view where, const YAML::Mark& mark, std::string_view why) {
    throw Error{Fault::usage, fmt::format("{}:{}:{}: {}", where, mark.line + 1, mark.column + 1, why)};
}

/// Builds values from the parser's events. Unlike yaml-cpp's own nodes it counts while it builds.
class Builder : public YAML::EventHandler {
public:
    Builder(YamlLimits limits, std::string_view where)
        : limits_(limits)
        , where_(where) {}

    std::vector<ordered_json> take() { return std::move(documents_); }

    void OnDocumentStart(const YAML::Mark&) override {
        anchors_.clear();
        open_.clear();
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(mark, anchor, nullptr, Cost{.nodes = 1, .text = 0, .depth = 0});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(mark, tag, anchor, "tag:yaml.org,2002:seq", ordered_json::array());
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(mark, tag, anchor, "tag:yaml.org,2002:map", ordered_json::object());
    }
    void OnMapEnd() override { end(); }

private:
    struct Cost {
        std::size_t nodes;
        std::size_t text;
        std::size_t depth; ///< levels inside it
    };
    struct Open {
        ordered_json value;
        YAML::Mark mark;
        YAML::anchor_t anchor;
        std::size_t nodes_before;
        std::size_t text_before;
        std::size_t depth = 1;
        std::optional<std::string> key = {};
        std::unordered_set<std::string> keys = {};
    };
    struct Anchor {
        ordered_json value;
        Cost cost;
    };

    void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, std::string_view plain,
               ordered_json value);
    void end();
    void charge(const YAML::Mark& mark, Cost cost);
    void add(const YAML::Mark& mark, YAML::anchor_t anchor, ordered_json value, Cost cost);
    void place(const YAML::Mark& mark, ordered_json value);
    bool wants_key() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().key; }

    YamlLimits limits_;
    std::string_view where_;
    std::vector<ordered_json> documents_;
    std::vector<Open> open_;
    std::unordered_map<YAML::anchor_t, Anchor> anchors_;
    std::size_t nodes_ = 0;
    std::size_t text_ = 0;
};

void Builder::charge(const YAML::Mark& mark, Cost cost) {
    nodes_ += cost.nodes;
    text_ += cost.text;
    if (nodes_ > limits_.nodes) refuse(where_, mark, fmt::format("more than {} values", limits_.nodes));
    if (text_ > limits_.text) refuse(where_, mark, fmt::format("more than {} bytes of text", limits_.text));
    if (open_.size() + cost.depth > limits_.depth)
        refuse(where_, mark, fmt::format("nested more than {} deep", limits_.depth));
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(where_, mark, "an alias for what it is a part of");
    if (wants_key()) refuse(where_, mark, "an alias as a key");
    charge(mark, found->second.cost);
    for (auto& open : open_)
        open.depth =
            std::max(open.depth, static_cast<std::size_t>(&open_.back() - &open) + 1 + found->second.cost.depth);
    place(mark, found->second.value);
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       const std::string& value) {
    if (!yaml::is_utf8(value)) refuse(where_, mark, "text that is not UTF-8");
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    const bool text = tag == "!" || tag == "tag:yaml.org,2002:str";
    const Cost cost{.nodes = 1, .text = value.size(), .depth = 0};
    if (wants_key() && !text && value == "<<") refuse(where_, mark, "merge keys are not understood");
    if (text || wants_key()) return add(mark, anchor, value, cost);
    auto resolved = yaml::resolve(value);
    if (!resolved) refuse(where_, mark, "a number that is too large, or infinite, or none");
    if (tag == "?") return add(mark, anchor, std::move(*resolved), cost);
    const auto kind = std::string_view{tag}.starts_with(standard) ? std::string_view{tag}.substr(standard.size()) : "";
    if (kind == "float" && resolved->is_number()) resolved = resolved->get<double>();
    const bool fits = (kind == "int" && resolved->is_number_integer()) || (kind == "float" && resolved->is_number()) ||
                      (kind == "bool" && resolved->is_boolean()) || (kind == "null" && resolved->is_null());
    if (!fits) refuse(where_, mark, "a tag that is not understood, or does not fit");
    add(mark, anchor, std::move(*resolved), cost);
}

void Builder::begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, std::string_view plain,
                    ordered_json value) {
    // At a bracket that is never closed, yaml-cpp finds a key, too.
    if (wants_key()) refuse(where_, mark, "a key that is not a scalar, or a bracket that is not closed");
    if (!tag.empty() && tag != "?" && tag != "!" && tag != plain) refuse(where_, mark, "a tag that is not understood");
    const auto nodes = nodes_;
    const auto text = text_;
    charge(mark, {.nodes = 1, .text = 0, .depth = 1});
    open_.push_back(
        {.value = std::move(value), .mark = mark, .anchor = anchor, .nodes_before = nodes, .text_before = text});
    for (auto& open : open_)
        open.depth = std::max(open.depth, static_cast<std::size_t>(&open_.back() - &open) + 1);
}

void Builder::end() {
    auto done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) {
        const Cost cost{.nodes = nodes_ - done.nodes_before, .text = text_ - done.text_before, .depth = done.depth};
        charge(done.mark, {.nodes = cost.nodes, .text = cost.text, .depth = 0}); // for the copy that is kept
        anchors_.insert_or_assign(done.anchor, Anchor{done.value, cost});
    }
    place(done.mark, std::move(done.value));
}

void Builder::add(const YAML::Mark& mark, YAML::anchor_t anchor, ordered_json value, Cost cost) {
    charge(mark, cost);
    if (anchor != 0) anchors_.insert_or_assign(anchor, Anchor{value, cost});
    place(mark, std::move(value));
}

void Builder::place(const YAML::Mark& mark, ordered_json value) {
    if (open_.empty()) {
        documents_.push_back(std::move(value));
        return;
    }
    auto& parent = open_.back();
    if (parent.value.is_array()) {
        parent.value.push_back(std::move(value));
    } else if (!parent.key) {
        // A key that is null has come as null itself.
        parent.key = value.is_string() ? value.get<std::string>() : std::string{};
        if (!parent.keys.insert(*parent.key).second) refuse(where_, mark, "a key that this mapping has already");
    } else {
        // The set above has made sure that the key is new; the map's own look-up is linear.
        auto& object = parent.value.get_ref<ordered_json::object_t&>();
        static_cast<ordered_json::object_t::Container&>(object).emplace_back(std::move(*parent.key), std::move(value));
        parent.key.reset();
    }
}

/// What yaml-cpp says, where that holds nothing of the text.
std::string_view reason(const std::string& message) {
    using namespace YAML::ErrorMsg;
    const std::array known{END_OF_MAP,    END_OF_MAP_FLOW, END_OF_SEQ,         END_OF_SEQ_FLOW, UNKNOWN_TOKEN,
                           EOF_IN_SCALAR, CHAR_IN_SCALAR,  TAB_IN_INDENTATION, FLOW_END,        BLOCK_ENTRY,
                           MAP_KEY,       MAP_VALUE,       DOC_IN_SCALAR,      CHAR_IN_BLOCK};
    const auto found =
        std::ranges::find(known, std::string_view{message}, [](auto text) { return std::string_view{text}; });
    return found == known.end() ? "this is not YAML" : *found;
}

/// A quoted text that no quote ends is none that is whole, but yaml-cpp takes it for that when the last line has ended.
/// With the end of the document written out it does not.
std::string with_end(std::string_view text) {
    std::string whole{text};
    const auto last = whole.find_last_not_of(" \t");
    if (last == std::string::npos || (whole[last] != '\n' && whole[last] != '\r')) return whole;
    return whole + (whole.back() == '\n' ? "...\n" : "\n...\n");
}

/// The same for errors that are at this end.
std::string_view reason(const YAML::Exception& error, std::string_view text) {
    const bool behind = error.mark.line >= std::ranges::count(text, '\n');
    return behind && error.msg == YAML::ErrorMsg::DOC_IN_SCALAR ? YAML::ErrorMsg::EOF_IN_SCALAR : reason(error.msg);
}

std::vector<ordered_json> read(std::string_view text, std::string_view where, YamlLimits limits, bool one) {
    if (text.size() > limits.bytes)
        throw Error{Fault::usage, fmt::format("{}: longer than {} bytes", where, limits.bytes)};
    std::istringstream stream{with_end(text)};
    Builder builder{limits, where};
    try {
        YAML::Parser parser{stream};
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        refuse(where, error.mark, reason(error, text));
    }
    auto documents = builder.take();
    std::erase_if(documents, [](const ordered_json& document) { return document.is_null(); });
    if (one && documents.size() > 1)
        throw Error{Fault::usage, fmt::format("{}: one document is expected, not {}", where, documents.size())};
    return documents;
}

} // namespace

std::vector<ordered_json> yaml_documents(std::string_view text, std::string_view where, YamlLimits limits) {
    return read(text, where, limits, false);
}

ordered_json yaml_to_json(std::string_view text, std::string_view where, YamlLimits limits) {
    auto documents = read(text, where, limits, true);
    return documents.empty() ? ordered_json(nullptr) : std::move(documents.front());
}

} // namespace thv
