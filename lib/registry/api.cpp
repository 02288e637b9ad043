// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/api.hpp"

#include "http/message.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace thv::registry {

namespace {

using namespace std::chrono_literals;

constexpr int page_size = 100;
constexpr int most_pages = 250;
constexpr auto page_patience = 30s;
constexpr auto patience = 60s;
constexpr auto probe_patience = 5s;

Error too_much(const std::string& base, std::string_view of_what) {
    return Error{Fault::internal, fmt::format("{}: the registry has more than {}", base, of_what)}.hint(
        "'thv search' asks it for less");
}

std::string page_url(const std::string& base, const std::string& query, const std::string& cursor) {
    auto url = fmt::format("{}/v0.1/servers?limit={}&version=latest", base, page_size);
    if (!query.empty()) url += "&search=" + http::percent_encode(query);
    if (!cursor.empty()) url += "&cursor=" + http::percent_encode(cursor);
    return url;
}

void append(Catalogue& all, Catalogue page) {
    std::ranges::move(page.entries, std::back_inserter(all.entries));
    std::ranges::move(page.broken, std::back_inserter(all.broken));
}

Task<Catalogue> read_pages(std::string base, std::string query, Reach reach) {
    Catalogue all;
    std::set<std::string> seen;
    std::string cursor;
    std::size_t bytes = 0;
    for (int number = 0; number < most_pages; ++number) {
        auto url = page_url(base, query, cursor);
        const auto text = co_await fetch(std::move(url), reach, largest_registry, page_patience);
        bytes += text.size();
        if (bytes > largest_registry) throw too_much(base, fmt::format("{} bytes", largest_registry));
        auto page = parse_page(text, base);
        append(all, std::move(page.catalogue));
        cursor = std::move(page.next);
        if (cursor.empty()) {
            tidy(all);
            co_return all;
        }
        if (!seen.insert(cursor).second)
            throw Error{Fault::internal, fmt::format("{}: the registry repeats its pages without end", base)};
    }
    throw too_much(base, fmt::format("{} servers", most_pages * page_size));
}

} // namespace

Task<Catalogue> read_api(std::string base, std::string query, Reach reach) {
    auto doing = fmt::format("reading the registry {}", base);
    auto reading = read_pages(std::move(base), std::move(query), std::move(reach));
    auto all = co_await with_deadline(std::move(reading), patience, std::move(doing));
    co_return all;
}

Task<bool> is_api(std::string base, Reach reach) {
    try {
        const auto text = co_await fetch(base + "/v0.1/servers?limit=1&version=latest", std::move(reach),
                                         largest_registry, probe_patience);
        static_cast<void>(parse_page(text, base));
        co_return true;
    } catch (const Error& error) {
        // What may not be asked, may not be asked in another way, either.
        if (error.fault() == Fault::denied) throw;
        co_return false;
    }
}

} // namespace thv::registry
