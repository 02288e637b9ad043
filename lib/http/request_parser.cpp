// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/request_parser.hpp"

#include "core/text.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace thv::http {

namespace beast_http = boost::beast::http;

namespace {

bool same_name(std::string_view name, std::string_view lower_name) {
    return std::ranges::equal(name, lower_name,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

} // namespace

std::optional<std::string_view> InboundRequest::find(std::string_view lower_name) const {
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].name_size != lower_name.size()) continue;
        const auto [name, value] = field(i);
        if (same_name(name, lower_name)) return value;
    }
    return std::nullopt;
}

std::size_t InboundRequest::count(std::string_view lower_name) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < places.size(); ++i)
        if (same_name(field(i).name, lower_name)) ++found;
    return found;
}

void InboundRequest::clear() {
    constexpr std::size_t worth_keeping = 64U << 10U;
    text.clear();
    places.clear();
    if (body.capacity() > worth_keeping) release(body);
    body.clear();
    method_size = 0;
    target_size = 0;
    expects_continue = false;
}

RequestParser::RequestParser(InboundRequest& request, const ServerLimits& limits)
    : request_(request)
    , limits_(limits) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
}

int RequestParser::status_of(boost::system::error_code failure) {
    if (failure == beast_http::error::body_limit) return 413;
    if (failure == beast_http::error::header_limit) return 431;
    if (failure == beast_http::error::buffer_overflow) return 414; // ours: Beast's parser itself never gives it
    return 400;
}

void RequestParser::on_request_impl(beast_http::verb, Text method, Text target, int version, Code& failure) {
    if (target.size() > limits_.target_bytes) {
        failure = beast_http::error::buffer_overflow;
        return;
    }
    request_.version = version;
    request_.text.append(method.data(), method.size());
    request_.text.append(target.data(), target.size());
    request_.method_size = method.size();
    request_.target_size = target.size();
}

// What follows a body in chunks is not part of the header: nobody has looked at it there (RFC 9110, 6.5.1).
void RequestParser::on_field_impl(beast_http::field which, Text name, Text value, Code& failure) {
    if (is_header_done()) return;
    if (request_.places.size() >= limits_.fields) {
        failure = beast_http::error::header_limit;
        return;
    }
    auto& text = request_.text;
    const auto place = static_cast<std::uint32_t>(text.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    request_.places.push_back({place, name_size, place + name_size, static_cast<std::uint32_t>(value.size())});
    text.append(name.data(), name.size());
    text.append(value.data(), value.size());
    if (which == beast_http::field::expect)
        request_.expects_continue = same_name({value.data(), value.size()}, "100-continue");
}

// How long a body is must have one answer only, or a second request could hide in it (RFC 9112, 6.1 and 6.3): Beast
// takes equal lengths more than once, and no body for a coding that it does not know.
void RequestParser::on_header_impl(Code& failure) {
    constexpr std::string_view digits{"0123456789"};
    const auto length = request_.find("content-length");
    if (length && (request_.count("content-length") > 1 || length->find_first_not_of(digits) != std::string_view::npos))
        failure = beast_http::error::bad_content_length;
    const auto coding = request_.find("transfer-encoding");
    if (coding && (request_.count("transfer-encoding") > 1 || request_.version < 11 || !same_name(*coding, "chunked")))
        failure = beast_http::error::bad_transfer_encoding;
}

std::size_t RequestParser::on_body_impl(Text body, Code&) {
    request_.body.append(body.data(), body.size());
    return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body, Code&) {
    request_.body.append(body.data(), body.size());
    return body.size();
}

} // namespace thv::http
