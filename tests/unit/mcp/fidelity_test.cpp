// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include <nlohmann/json.hpp>

#include <random>
#include <regex>

using namespace thv::test;

namespace {

/// Random JSON text with everything that careless proxies lose.
class RandomJson {
public:
    explicit RandomJson(unsigned seed)
        : random_(seed) {}

    std::string value(int depth) {
        switch (pick(depth > 4 ? 5 : 7)) {
        case 0:
            return string();
        case 1:
            return number();
        case 2:
            return "true";
        case 3:
            return "null";
        case 4:
            return string();
        case 5:
            return list(depth);
        default:
            return object(depth);
        }
    }
    std::string object(int depth) {
        std::string text = "{" + space();
        const auto count = pick(4);
        for (int i = 0; i < count; ++i)
            text += (i ? "," + space() : "") + fmt::format("\"k{}{}", i, key_tail()) + space() + ":" + space() +
                    value(depth + 1);
        return text + space() + "}";
    }
    std::string id() { return pick(2) ? string() : number(); }
    std::string space() { return std::string(static_cast<std::size_t>(pick(3)), ' '); }
    int pick(int below) { return std::uniform_int_distribution<int>{0, below - 1}(random_); }

private:
    /// The rest of a key: NUL is refused there.
    std::string key_tail() {
        auto text = string().substr(1);
        while (text.contains("\\u0000"))
            text = string().substr(1);
        return text;
    }
    std::string list(int depth) {
        std::string text = "[";
        const auto count = pick(4);
        for (int i = 0; i < count; ++i)
            text += (i ? "," : "") + space() + value(depth + 1);
        return text + "]";
    }
    std::string string() {
        // NBSP, ideographic space, ZWJ, BOM, private use, U+FFFD, line and paragraph separator, an emoji sequence.
        static const std::vector<std::string> parts{"plain",      " ",
                                                    "\\n",        "\\\"",
                                                    "\\\\",       "\\/",
                                                    "\\u0000",    "\\ud800",
                                                    "\u00A0",     "\u3000",
                                                    "\u200D",     "\uFEFF",
                                                    "\uE000",     "\uFFFD",
                                                    "\u2028",     "\u2029",
                                                    "👩\u200D👩", "é",
                                                    "\\u00e9",    "\x7F",
                                                    "日本",       "longer than eight bytes"};
        std::string text = "\"";
        const auto count = pick(6);
        for (int i = 0; i < count; ++i)
            text += parts[static_cast<std::size_t>(pick(static_cast<int>(parts.size())))];
        return text + "\"";
    }
    std::string number() {
        static const std::vector<std::string> numbers{"0",
                                                      "-0",
                                                      "1.50",
                                                      "1e400",
                                                      "-1E-400",
                                                      "9007199254740993",
                                                      "18446744073709551616",
                                                      "0.1000",
                                                      "123456789012345678901234567890",
                                                      "3"};
        return numbers[static_cast<std::size_t>(pick(static_cast<int>(numbers.size())))];
    }

    std::mt19937 random_;
};

} // namespace

TEST_CASE("of a request only the id and the progress token are changed on the way to the server") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    for (unsigned seed = 1; seed <= 2000; ++seed) {
        RandomJson random{seed};
        const auto id = random.id();
        const auto arguments = random.object(0);
        const auto text = [&](std::string_view shown_id, std::string_view token) {
            RandomJson again{seed + 100'000};
            return fmt::format(
                R"({{{}"params":{{"arguments":{},"_meta":{{"progressToken":{}{},"x":{}}}}},"id":{}{},"method":"tools/call","jsonrpc":"2.0"}})",
                again.space(), arguments, again.space(), token, again.value(0), again.space(), shown_id);
        };
        INFO("seed " << seed << ": " << text(id, "\"tok\""));
        bench.ask(session, static_cast<int>(seed), text(id, "\"tok\""));
        const auto ours = bench.last_id();
        REQUIRE(bench.to_server.back() == text(ours, ours));

        const auto result = random.value(0);
        const auto answer = [&](std::string_view shown_id) {
            return fmt::format(R"({{"result":{} ,"jsonrpc":"2.0", "id" :{}}})", result, shown_id);
        };
        bench.server(answer(ours));
        REQUIRE(bench.only_answer(static_cast<int>(seed)) == answer(id));
        bench.to_server.clear();
    }
}

TEST_CASE("the scanner accepts no text that a JSON parser refuses, nor the other way round") {
    std::mt19937 random{7};
    const std::regex beyond_double{"[0-9][eE][+-]?[0-9]"};
    int accepted = 0;
    for (unsigned seed = 1; seed <= 4000; ++seed) {
        RandomJson json{seed};
        auto text = fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{}}})", json.value(0));
        for (int i = json.pick(3); i > 0; --i) {
            const auto place = std::uniform_int_distribution<std::size_t>{24, text.size() - 2}(random);
            constexpr std::string_view bytes{"\"\\{}[],:0e-.tu \x01\xC3\x80"};
            text[place] = bytes[std::uniform_int_distribution<std::size_t>{0, bytes.size() - 1}(random)];
        }
        INFO("seed " << seed << ": " << text);
        const auto message = scan(text);
        const auto parsed = nlohmann::json::parse(text, nullptr, false);
        // nlohmann refuses numbers beyond double and lone surrogates, which the grammar allows; so only one direction
        // is checked where they occur.
        const bool stricter_there = std::regex_search(text, beyond_double) || text.contains("\\ud");
        if (message) ++accepted;
        if (message && !stricter_there) CHECK_FALSE(parsed.is_discarded());
        if (!message && message.error().code == -32700 && text.find("\\u0000") == std::string::npos)
            CHECK(parsed.is_discarded());
    }
    CHECK(accepted > 1000);
}
