// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/jsonrpc.hpp"

#include "mcp/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::mcp {

namespace {

constexpr std::size_t max_id = 1024; // a bound for what is kept per call
constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view subscription_key = "io.modelcontextprotocol/subscriptionId";

struct Named {
    std::string_view name;
    Method method;
};
constexpr std::array known_methods{
    Named{"initialize", Method::initialize},
    Named{"ping", Method::ping},
    Named{"resources/subscribe", Method::subscribe},
    Named{"resources/unsubscribe", Method::unsubscribe},
    Named{"logging/setLevel", Method::set_level},
    Named{"server/discover", Method::discover},
    Named{"subscriptions/listen", Method::listen},
    Named{"tools/list", Method::list_tools},
    Named{"tools/call", Method::call_tool},
    Named{"prompts/get", Method::get_prompt},
    Named{"resources/read", Method::read_resource},
    Named{"sampling/createMessage", Method::create_message},
    Named{"elicitation/create", Method::elicit},
    Named{"roots/list", Method::list_roots},
    Named{"notifications/initialized", Method::initialized},
    Named{"notifications/cancelled", Method::cancelled},
    Named{"notifications/progress", Method::progress},
    Named{"notifications/message", Method::log},
    Named{"notifications/resources/updated", Method::updated},
    Named{"notifications/tools/list_changed", Method::tools_changed},
    Named{"notifications/prompts/list_changed", Method::prompts_changed},
    Named{"notifications/resources/list_changed", Method::resources_changed},
    Named{"notifications/roots/list_changed", Method::roots_changed},
};

Method method_of(std::string_view name) {
    for (const auto& known : known_methods)
        if (known.name == name) return known.method;
    return Method::other;
}

constexpr std::array<std::string_view, 6> envelope{"jsonrpc", "id", "method", "params", "result", "error"};

bool equal_but_for_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

/// Reads one envelope into a Message.
class Envelope {
public:
    explicit Envelope(std::string_view text)
        : scanner_(text) {}

    std::expected<Message, Refusal> read() {
        scanner_.space();
        if (scanner_.peek() == '[') return refused("batches are not supported");
        if (scanner_.peek() != '{') return not_json();
        if (!scanner_.object(1, [this](std::string_view key) { return envelope_member(key); })) return not_json();
        scanner_.space();
        if (!scanner_.at_end()) return not_json();
        message_.line_breaks = scanner_.saw_line_break();
        return finished();
    }

private:
    enum Seen : std::uint16_t {
        id = 2, // the envelope's members have the bits of their places in `envelope`
        method = 4,
        params = 8,
        result = 16,
        error = 32,
        meta = 64,
        meta_token = 128,
        progress_token = 256,
        request_id = 512,
        uri = 1024,
        level = 2048,
        name = 4096,
        meta_version = 8192,
        subscription = 16384,
    };

    std::unexpected<Refusal> refused(std::string_view reason) { return std::unexpected{Refusal{-32600, reason}}; }
    std::unexpected<Refusal> not_json() {
        if (scanner_.too_deep()) return refused("nested more than 64 deep");
        if (scanner_.nul_in_key()) return refused("NUL in a key");
        if (!reason_.empty()) return refused(reason_);
        return std::unexpected{Refusal{-32700, "Parse error"}};
    }

    bool refuse(std::string_view reason) {
        reason_ = reason;
        return false;
    }
    bool once(unsigned bit) {
        if ((seen_ & bit) != 0) return refuse("a member occurs twice");
        seen_ |= bit;
        return true;
    }

    bool value(std::string_view& place, int depth) {
        const char* const first = scanner_.position();
        if (!scanner_.value(depth)) return false;
        place = {first, static_cast<std::size_t>(scanner_.position() - first)};
        return true;
    }
    bool string_value(std::string_view& place, int depth) {
        const bool is_string = scanner_.peek() == '"';
        std::string_view raw;
        if (!value(raw, depth)) return false;
        if (is_string) place = raw;
        return true;
    }

    bool envelope_member(std::string_view key) {
        const auto* const place = std::ranges::find(envelope, key);
        if (place == envelope.end()) {
            for (const auto name : envelope)
                if (name.size() == key.size() && equal_but_for_case(key, name)) {
                    return refuse("an envelope member is misspelt");
                }
            return scanner_.value(1);
        }
        const auto index = static_cast<unsigned>(place - envelope.begin());
        if (!once(1U << index)) return false;
        switch (index) {
        case 0:
            return value(version_, 1);
        case 1:
            return value(message_.id, 1);
        case 2:
            return method_member();
        case 3:
            return params_member();
        case 4:
            return result_member();
        default:
            return value(message_.body, 1);
        }
    }

    bool method_member() {
        std::string_view raw;
        if (scanner_.peek() != '"') return refuse("method is not a string");
        if (!value(raw, 1)) return false;
        message_.method_name = raw.substr(1, raw.size() - 2);
        // Some encoders write "tools\/call".
        message_.method = message_.method_name.contains('\\') ? method_of(unquote(raw).value_or(""))
                                                              : method_of(message_.method_name);
        return true;
    }

    bool params_member() {
        if (scanner_.peek() != '{') return refuse("params is not an object");
        const char* const first = scanner_.position();
        const auto visit = [this](std::string_view key) {
            if (key == "_meta") return once(meta) && meta_member();
            if (key == "progressToken") return once(progress_token) && value(message_.progress_token, 2);
            if (key == "requestId") return once(request_id) && value(message_.request_id, 2);
            if (key == "name") return once(name) && string_value(message_.name, 2);
            if (key == "uri") return once(uri) && string_value(message_.uri, 2);
            if (key == "level") return once(level) && string_value(message_.level, 2);
            return scanner_.value(2);
        };
        if (!scanner_.object(2, visit)) return false;
        message_.params = {first, static_cast<std::size_t>(scanner_.position() - first)};
        return true;
    }

    bool result_member() {
        if (scanner_.peek() != '{') return value(message_.body, 1);
        const char* const first = scanner_.position();
        const auto visit = [this](std::string_view key) {
            if (key != "isError") return scanner_.value(2);
            std::string_view raw;
            const bool valid = value(raw, 2);
            message_.tool_error = raw == "true";
            return valid;
        };
        if (!scanner_.object(2, visit)) return false;
        message_.body = {first, static_cast<std::size_t>(scanner_.position() - first)};
        return true;
    }

    bool meta_member() {
        if (scanner_.peek() != '{') return refuse("params._meta is not an object");
        const char* const first = scanner_.position();
        const auto visit = [this](std::string_view key) {
            if (key == "progressToken") return once(meta_token) && value(message_.meta_token, 3);
            if (key == version_key) return once(meta_version) && value(message_.meta_version, 3);
            if (key == subscription_key) return once(subscription) && value(message_.subscription, 3);
            return scanner_.value(3);
        };
        if (!scanner_.object(3, visit)) return false;
        message_.meta = {first, static_cast<std::size_t>(scanner_.position() - first)};
        return true;
    }

    std::expected<Message, Refusal> finished() {
        if (version_ != "\"2.0\"") return refused("jsonrpc is not \"2.0\"");
        const bool has_method = (seen_ & method) != 0;
        const bool has_result = (seen_ & result) != 0;
        const bool has_error = (seen_ & error) != 0;
        if (has_method + has_result + has_error != 1) return refused("neither a request nor a response");
        if (message_.id.size() > max_id) return refused("the id is too long");
        const bool null_id = message_.id == "null";
        if ((seen_ & id) != 0 && !null_id) {
            const char first = message_.id.front();
            if (first != '"' && first != '-' && (first < '0' || first > '9'))
                return refused("the id is not a string or number");
        }
        if (has_method) {
            if (null_id) return refused("the id is null");
            message_.kind = (seen_ & id) != 0 ? Kind::request : Kind::notification;
            return message_;
        }
        if (null_id) message_.id = {};
        message_.kind = has_result ? Kind::result : Kind::error;
        if (has_result && message_.id.empty()) return refused("a result without an id");
        return message_;
    }

    Scanner scanner_;
    Message message_;
    std::string_view version_;
    std::string_view reason_;
    unsigned seen_ = 0;
};

} // namespace

std::expected<Message, Refusal> scan(std::string_view text) {
    return Envelope{text}.read();
}

std::string_view member(std::string_view object, std::string_view key) {
    Scanner scanner{object};
    scanner.space();
    std::string_view found;
    scanner.object(1, [&](std::string_view name) {
        const bool wanted = name == key;
        const char* const first = scanner.position();
        if (!scanner.value(1)) return false;
        if (wanted) found = {first, static_cast<std::size_t>(scanner.position() - first)};
        return true;
    });
    return found;
}

std::optional<std::uint64_t> canonical_integer(std::string_view json) {
    if (json.empty() || json.size() > 19 || (json.size() > 1 && json.front() == '0')) return std::nullopt;
    std::uint64_t value = 0;
    for (const char digit : json) {
        if (digit < '0' || digit > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return value;
}

Pieces edited(std::string_view text, std::initializer_list<Edit> edits) {
    std::array<Edit, 4> sorted;
    std::size_t count = 0;
    for (const auto& edit : edits)
        if (!edit.where.empty()) sorted[count++] = edit;
    std::sort(sorted.begin(), sorted.begin() + count,
              [](const Edit& a, const Edit& b) { return a.where.data() < b.where.data(); });
    Pieces pieces;
    std::size_t from = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto place = static_cast<std::size_t>(sorted[i].where.data() - text.data());
        pieces.add(text.substr(from, place - from));
        pieces.add(sorted[i].with);
        from = place + sorted[i].where.size();
    }
    pieces.add(text.substr(from));
    return pieces;
}

std::string error_message(std::string_view id, int code, std::string_view message, std::string_view data) {
    const auto member_of_id = id.empty() ? std::string{} : fmt::format(R"("id":{},)", id);
    const auto member_of_data = data.empty() ? std::string{} : fmt::format(R"(,"data":{})", data);
    return fmt::format(R"({{"jsonrpc":"2.0",{}"error":{{"code":{},"message":{}{}}}}})", member_of_id, code,
                       quote(message), member_of_data);
}

std::string empty_result(std::string_view id) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{}}}})", id);
}

} // namespace thv::mcp
