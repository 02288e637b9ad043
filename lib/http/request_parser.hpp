// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/http.

#include "http/server.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace thv::http {

/// A request as it is read. Its memory is reused by the next request of the connection.
struct InboundRequest {
    struct Place {
        std::uint32_t name;
        std::uint32_t name_size;
        std::uint32_t value;
        std::uint32_t value_size;
    };
    std::string text; ///< method, target and fields, one after the other; `places` are positions in it
    std::size_t method_size = 0;
    std::size_t target_size = 0;
    std::vector<Place> places;
    std::string body;
    int version = 11; ///< 10 or 11
    bool expects_continue = false;

    std::string_view method() const { return std::string_view{text}.substr(0, method_size); }
    std::string_view target() const { return std::string_view{text}.substr(method_size, target_size); }
    Visit::Field field(std::size_t index) const {
        const auto& place = places[index];
        const std::string_view all{text};
        return {all.substr(place.name, place.name_size), all.substr(place.value, place.value_size)};
    }
    std::optional<std::string_view> find(std::string_view lower_name) const;
    std::size_t count(std::string_view lower_name) const;
    void clear();
};

/// Beast's request parser that writes into an InboundRequest.
class RequestParser : public boost::beast::http::basic_parser<true> {
public:
    RequestParser(InboundRequest& request, const ServerLimits& limits);

    /// The status that answers a failure of `put`.
    static int status_of(boost::system::error_code failure);

private:
    using Code = boost::beast::error_code;
    using Text = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, Text method, Text target, int, Code& failure) override;
    void on_response_impl(int, Text, int, Code&) override {}
    void on_field_impl(boost::beast::http::field, Text name, Text value, Code& failure) override;
    void on_header_impl(Code& failure) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(Text body, Code&) override;
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code&) override;
    void on_finish_impl(Code&) override {}

    InboundRequest& request_;
    const ServerLimits& limits_;
};

} // namespace thv::http
