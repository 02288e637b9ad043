// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/object_reader.hpp"

#include "cluster/lookup.hpp"
#include "core/error.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace thv::cluster {

namespace {

constexpr std::size_t deepest = 128;
constexpr std::size_t everything = deepest * 2; ///< as a level: no object is that deep, so nothing is passed over

Error not_json(std::string_view from) {
    return Error{Fault::internal, fmt::format("the answer of {} is not the JSON of an API server", from)};
}

/// Makes one value of parse events, without the managed fields of the object at `level`: 0 is the value itself, 1 what
/// is directly in it.
class Builder {
public:
    explicit Builder(std::size_t level)
        : level_(level) {}

    void key(std::string& name) {
        if (dropped_ > 0) return;
        drop_next_ = in_metadata_ && open_.size() == level_ + 2 && name == "managedFields";
        if (!drop_next_) key_ = std::move(name);
    }
    void scalar(Json value) {
        if (dropped_ > 0) return;
        if (std::exchange(drop_next_, false)) return;
        put(std::move(value));
    }
    void open(Json container) {
        if (dropped_ > 0 || std::exchange(drop_next_, false)) {
            ++dropped_;
            return;
        }
        if (open_.size() == level_ + 1) in_metadata_ = key_ == "metadata";
        open_.push_back(&put(std::move(container)));
    }
    void close() {
        if (dropped_ > 0)
            --dropped_;
        else
            open_.pop_back();
    }
    bool complete() const { return open_.empty() && dropped_ == 0; }
    std::size_t depth() const { return open_.size() + dropped_; }
    Json take() { return std::move(root_); }

private:
    Json& put(Json value) {
        if (open_.empty()) return root_ = std::move(value);
        auto& parent = *open_.back();
        if (!parent.is_array()) return parent[key_] = std::move(value);
        parent.push_back(std::move(value));
        return parent.back();
    }

    std::size_t level_;
    Json root_;
    std::vector<Json*> open_; ///< the containers around what comes next, outermost first
    std::string key_;
    bool in_metadata_ = false;
    bool drop_next_ = false;
    std::size_t dropped_ = 0; ///< containers open inside of what is passed over
};

/// nlohmann's SAX interface, put in terms of a Target's scalar, key, open and close.
template <typename Target>
class Events {
public:
    using number_integer_t = Json::number_integer_t;
    using number_unsigned_t = Json::number_unsigned_t;
    using number_float_t = Json::number_float_t;
    using string_t = Json::string_t;
    using binary_t = Json::binary_t;

    explicit Events(Target& target)
        : target_(target) {}

    bool null() { return scalar(nullptr); }
    bool boolean(bool value) { return scalar(value); }
    bool number_integer(number_integer_t value) { return scalar(value); }
    bool number_unsigned(number_unsigned_t value) { return scalar(value); }
    bool number_float(number_float_t value, const string_t& /*text*/) { return scalar(value); }
    bool string(string_t& value) { return scalar(std::move(value)); }
    bool binary(binary_t& /*value*/) { return false; }
    bool key(string_t& name) {
        target_.key(name);
        return true;
    }
    bool start_object(std::size_t /*size*/) { return open(Json::object()); }
    bool start_array(std::size_t /*size*/) { return open(Json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/, const Json::exception& /*error*/) {
        return false;
    }

private:
    bool scalar(Json value) {
        target_.scalar(std::move(value));
        return true;
    }
    bool open(Json container) {
        if (++depth_ > deepest) return false;
        target_.open(std::move(container));
        return true;
    }
    bool close() {
        --depth_;
        target_.close();
        return true;
    }

    Target& target_;
    std::size_t depth_ = 0;
};

/// Takes a list apart: each element of "items" is built and handed over, "metadata" is kept, the rest passed over.
class Page {
public:
    explicit Page(const std::function<void(Json)>& sink)
        : sink_(sink) {}

    void key(std::string& name) {
        if (part_)
            part_->key(name);
        else if (depth_ == 1)
            field_ = std::move(name);
    }
    void scalar(Json value) {
        if (part_) part_->scalar(std::move(value));
    }
    void open(Json container) {
        if (!part_ && starts_part(container)) part_.emplace(0);
        if (part_)
            part_->open(std::move(container));
        else
            enter(container);
    }
    void close() {
        if (!part_) {
            --depth_;
            return;
        }
        part_->close();
        if (!part_->complete()) return;
        auto value = part_->take();
        part_.reset();
        if (depth_ == 1)
            metadata_ = std::move(value);
        else
            sink_(std::move(value));
    }

    std::optional<PageEnd> end() const {
        if (!has_items_ && !metadata_.is_object()) return std::nullopt;
        return PageEnd{.version = text_at(metadata_, {"resourceVersion"}), .next = text_at(metadata_, {"continue"})};
    }

private:
    bool starts_part(const Json& container) const {
        const bool element = depth_ == 2 && in_items_;
        const bool metadata = depth_ == 1 && field_ == "metadata";
        return container.is_object() && (element || metadata);
    }
    void enter(const Json& container) {
        if (depth_ == 1) in_items_ = field_ == "items" && container.is_array();
        has_items_ = has_items_ || (depth_ == 1 && in_items_);
        ++depth_;
    }

    const std::function<void(Json)>& sink_;
    std::optional<Builder> part_;
    Json metadata_;
    std::string field_; ///< of the list itself
    std::size_t depth_ = 0;
    bool in_items_ = false;
    bool has_items_ = false;
};

Json build(std::string_view text, std::string_view from, std::size_t level) {
    Builder builder{level};
    Events<Builder> events{builder};
    if (!Json::sax_parse(text.begin(), text.end(), &events)) throw not_json(from);
    auto value = builder.take();
    if (!value.is_object()) throw not_json(from);
    return value;
}

} // namespace

Json read_object(std::string_view text, std::string_view from, bool managed_fields) {
    return build(text, from, managed_fields ? everything : 0);
}

Json read_event(std::string_view text, std::string_view from) {
    return build(text, from, 1);
}

PageEnd read_page(std::string_view text, std::string_view from, const std::function<void(Json object)>& sink) {
    Page page{sink};
    Events<Page> events{page};
    if (!Json::sax_parse(text.begin(), text.end(), &events)) throw not_json(from);
    auto end = page.end();
    if (!end) throw not_json(from);
    return *std::move(end);
}

} // namespace thv::cluster
