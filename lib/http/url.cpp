// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace thv::http {

namespace {

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned value = 0;
        if (i + 2 >= text.size()) return std::nullopt;
        const auto* end = text.data() + i + 3;
        const auto [rest, failure] = std::from_chars(text.data() + i + 1, end, value, 16);
        if (failure != std::errc{} || rest != end) return std::nullopt;
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool scheme_character(char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

bool take_scheme(Url& url, std::string_view& text) {
    const auto end = text.find("://");
    const auto scheme = text.substr(0, end);
    if (end == std::string_view::npos || scheme.empty() || !letter(scheme.front())) return false;
    if (!std::ranges::all_of(scheme, scheme_character)) return false;
    for (const char c : scheme)
        url.scheme += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    text.remove_prefix(end + 3);
    return true;
}

bool take_user(Url& url, std::string_view& authority) {
    const auto at = authority.rfind('@');
    if (at == std::string_view::npos) return true;
    const auto pair = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const auto colon = std::min(pair.find(':'), pair.size());
    auto user = percent_decoded(pair.substr(0, colon));
    auto password = percent_decoded(colon < pair.size() ? pair.substr(colon + 1) : std::string_view{});
    if (!user || !password) return false;
    url.user = std::move(*user);
    url.password = std::move(*password);
    url.has_user = true;
    return true;
}

bool take_host(Url& url, std::string_view authority) {
    auto rest = authority;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return false;
        url.host = authority.substr(1, end - 1);
        rest = authority.substr(end + 1);
        if (url.host.find(':') == std::string::npos) return false;
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        url.host = authority.substr(0, colon);
        rest = authority.substr(colon);
    }
    if (url.host.empty() || url.host.find_first_of("[]<>\"\\^`{|}%") != std::string::npos) return false;
    if (rest.empty() || rest == ":") return true;
    const auto* end = rest.data() + rest.size();
    const auto [stop, failure] = std::from_chars(rest.data() + 1, end, url.port);
    return rest.front() == ':' && failure == std::errc{} && stop == end && url.port != 0;
}

} // namespace

Result<Url> parse_url(std::string_view text) {
    const auto wrong = [](const char* what) { return fail(Fault::usage, what); };
    if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
        return wrong("the URL holds spaces or control characters");
    Url url;
    if (!take_scheme(url, text)) return wrong("the URL does not begin with a scheme such as https://");
    text = text.substr(0, text.find('#'));
    const auto end = std::min(text.find_first_of("/?"), text.size());
    auto authority = text.substr(0, end);
    const auto rest = text.substr(end);
    if (!take_user(url, authority)) return wrong("the URL's user name or password is not percent-encoded well");
    if (!take_host(url, authority)) return wrong("the URL has no proper host and port");
    const auto question = std::min(rest.find('?'), rest.size());
    url.path = rest.substr(0, question);
    if (question < rest.size()) url.query = rest.substr(question + 1);
    return url;
}

} // namespace thv::http
