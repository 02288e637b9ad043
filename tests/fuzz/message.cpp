// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON-RPC messages: whatever is accepted can be edited, and is still the same message afterwards.
#include "mcp/jsonrpc.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thv::mcp;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    static_cast<void>(quote(text));
    const auto message = scan(text);
    if (!message) return 0;
    for (const auto part : {message->id, message->method_name, message->params, message->body, message->meta_token,
                            message->progress_token, message->request_id, message->uri, message->level})
        require(inside(part, text));
    require(edited(text, {}).str() == text);
    const auto changed =
        edited(text, {{message->id, "1"}, {message->meta_token, "2"}, {message->request_id, "3"}}).str();
    const auto again = scan(changed);
    require(again.has_value() && again->kind == message->kind && again->method == message->method);
    require(message->id.empty() || again->id == "1");
    require(message->meta_token.empty() || again->meta_token == "2");
    require(edited(changed, {{again->id, message->id},
                             {again->meta_token, message->meta_token},
                             {again->request_id, message->request_id}})
                .str() == text);
    if (const auto uri = unquote(message->uri)) require(unquote(quote(*uri)) == *uri);
    return 0;
}
