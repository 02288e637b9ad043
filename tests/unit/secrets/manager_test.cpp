// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/manager.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <deque>

using namespace thv;
using namespace thv::secrets;

namespace {

/// What a keyring holds, for as long as the machine is on.
struct Kept {
    std::optional<std::string> password;
    std::optional<Error> trouble;
    int asked = 0;
};

class FakeKeyring final : public Keyring {
public:
    explicit FakeKeyring(Kept& kept)
        : kept_(kept) {}
    std::string_view name() const override { return "the test's keyring"; }
    std::optional<std::string> get() override {
        ++kept_.asked;
        if (kept_.trouble) throw Error{*kept_.trouble};
        return kept_.password;
    }
    void put(const std::string& password) override {
        if (kept_.trouble) throw Error{*kept_.trouble};
        kept_.password = password;
    }
    bool remove() override {
        const bool held = kept_.password.has_value();
        kept_.password.reset();
        return held;
    }

private:
    Kept& kept_;
};

/// A user with a home, a keyring and a keyboard. Each command is a Manager of its own, as it is a process of its own.
struct User {
    test::TempFolder home;
    std::map<std::string, std::string, std::less<>> variables;
    Kept keyring;
    bool has_keyring = true;
    bool terminal = true;
    std::deque<std::string> typed;
    std::vector<std::string> warnings;

    Paths paths() const { return Paths::from(Environment{{{"HOME", home.path().string()}}}); }
    Manager manager() {
        return Manager{{.environment = Environment{variables},
                        .paths = paths(),
                        .keyring = [this]() -> std::unique_ptr<Keyring> {
                            return has_keyring ? std::make_unique<FakeKeyring>(keyring) : nullptr;
                        },
                        .person = {.ask = [this](std::string_view) -> std::optional<std::string> {
                                       if (!terminal) return std::nullopt;
                                       REQUIRE_FALSE(typed.empty());
                                       auto line = typed.front();
                                       typed.pop_front();
                                       return line;
                                   },
                                   .warn = [this](std::string_view text) { warnings.emplace_back(text); }}}};
    }
    void set_up(const std::string& password = "pw") {
        typed = {password, password};
        manager().set_up({});
    }
    std::string bytes() const { return test::slurp(paths().data / "secrets_encrypted"); }
};

} // namespace

TEST_CASE("a password that is taken out of the keyring is asked for again") {
    User user;
    user.set_up();
    CHECK(user.manager().forget_password());
    CHECK_FALSE(user.manager().forget_password());
    user.typed = {"pw"};
    CHECK(user.manager().names().empty());
    CHECK(user.typed.empty());
    user.has_keyring = false;
    CHECK(test::error_of([&] { user.manager().forget_password(); }).fault() == Fault::unsupported);
}

TEST_CASE("a password is typed twice for a new store, and then kept in the keyring") {
    User user;
    user.set_up();
    CHECK(user.keyring.password == "pw");
    user.terminal = false;
    user.manager().set("A", "1");
    CHECK(user.manager().value("A") == "1");
    CHECK(user.manager().names() == std::vector<std::string>{"A"});
    user.manager().remove("A");
    CHECK(test::error_of([&] { user.manager().value("A"); }).fault() == Fault::not_found);
}

TEST_CASE("two passwords that differ make no store") {
    User user;
    user.typed = {"pw", "pv"};
    CHECK(test::error_of([&] { user.manager().set_up({}); }).fault() == Fault::usage);
    CHECK_FALSE(std::filesystem::exists(user.paths().data / "secrets_encrypted"));
    CHECK_FALSE(user.manager().provider());
    CHECK_FALSE(user.keyring.password);
}

TEST_CASE("a wrong password is refused, not kept, and changes nothing") {
    User user;
    user.set_up();
    const auto before = user.bytes();
    user.keyring.password.reset();
    user.typed = {"wrong"};
    const auto error = test::error_of([&] { user.manager().set("A", "1"); });
    CHECK(error.fault() == Fault::denied);
    CHECK_THAT(error.message(), !ContainsSubstring("wrong'") && ContainsSubstring("typed"));
    CHECK(user.bytes() == before);
    CHECK_FALSE(user.keyring.password);
    user.typed = {"pw"};
    user.manager().set("A", "1");
    CHECK(user.keyring.password == "pw");
}

TEST_CASE("the first place that has a password counts") {
    User user;
    user.set_up();
    user.keyring.asked = 0;
    test::spill(user.home.path() / "password", "pw\n");
    SECTION("the variable, without a look at the keyring") {
        user.keyring.password = "other";
        user.variables["TOOLHIVE_SECRETS_PASSWORD"] = "pw";
        user.variables["THV_SECRETS_PASSWORD_FILE"] = "/nowhere";
        user.manager().set("A", "1");
        CHECK(user.keyring.asked == 0);
        CHECK(user.keyring.password == "other");
    }
    SECTION("then the file") {
        user.keyring.password = "other";
        user.variables["THV_SECRETS_PASSWORD_FILE"] = (user.home.path() / "password").string();
        user.manager().set("A", "1");
        CHECK(user.keyring.asked == 0);
    }
    SECTION("a wrong one that was named is not followed by a question") {
        user.variables["TOOLHIVE_SECRETS_PASSWORD"] = "wrong";
        const auto error = test::error_of([&] { user.manager().set("A", "1"); });
        CHECK(error.fault() == Fault::denied);
        CHECK_THAT(error.message(), ContainsSubstring("TOOLHIVE_SECRETS_PASSWORD"));
    }
    SECTION("a wrong one of the keyring is followed by a question, whose answer replaces it") {
        user.keyring.password = "old";
        user.typed = {"pw"};
        user.manager().set("A", "1");
        CHECK(user.keyring.password == "pw");
    }
}

TEST_CASE("without a terminal the complaint says where a password can be put") {
    User user;
    user.set_up();
    user.terminal = false;
    user.has_keyring = GENERATE(true, false);
    user.keyring.password.reset();
    const auto error = test::error_of([&] { user.manager().value("A"); });
    CHECK(error.fault() == Fault::denied);
    CHECK_THAT(error.hint(),
               ContainsSubstring("TOOLHIVE_SECRETS_PASSWORD") && ContainsSubstring("THV_SECRETS_PASSWORD_FILE"));
}

TEST_CASE("a keyring that is locked is told of, and somebody at the terminal is asked instead") {
    User user;
    user.set_up();
    user.keyring.trouble = Error{Fault::denied, "the test's keyring is locked"};
    user.typed = {"pw"};
    user.manager().set("A", "1");
    REQUIRE(user.warnings.size() == 1);
    CHECK_THAT(user.warnings.front(), ContainsSubstring("is locked"));
    user.terminal = false;
    CHECK_THAT(test::error_of([&] { user.manager().value("A"); }).message(), ContainsSubstring("is locked"));
}

TEST_CASE("the environment stands in for a store, unless that is forbidden") {
    User user;
    user.variables["TOOLHIVE_SECRET_A"] = "of the environment";
    CHECK(user.manager().value("A") == "of the environment"); // nothing has been set up
    user.set_up();
    CHECK(user.manager().value("A") == "of the environment");
    user.manager().set("A", "of the store");
    CHECK(user.manager().value("A") == "of the store");
    user.manager().remove("A");
    user.variables["TOOLHIVE_DISABLE_ENV_FALLBACK"] = "true";
    CHECK(test::error_of([&] { user.manager().value("A"); }).fault() == Fault::not_found);
    user.manager().use_environment();
    CHECK(user.manager().value("A") == "of the environment"); // it is the provider itself
    CHECK(test::error_of([&] { user.manager().set("A", "1"); }).fault() == Fault::unsupported);
    CHECK(test::error_of([&] { user.manager().names(); }).fault() == Fault::unsupported);
}

TEST_CASE("TOOLHIVE_SECRETS_PROVIDER wins over what was set up") {
    User user;
    user.set_up();
    user.manager().set("A", "1");
    user.variables["TOOLHIVE_SECRETS_PROVIDER"] = "environment";
    CHECK(user.manager().provider() == ProviderKind::environment);
    CHECK(test::error_of([&] { user.manager().value("A"); }).fault() == Fault::not_found);
    user.variables["TOOLHIVE_SECRETS_PROVIDER"] = "1password";
    CHECK(test::error_of([&] { user.manager().value("A"); }).fault() == Fault::unsupported);
    user.variables["TOOLHIVE_SECRETS_PROVIDER"] = "carrier-pigeon";
    CHECK(test::error_of([&] { user.manager().value("A"); }).fault() == Fault::usage);
}

TEST_CASE("secrets of upstream's own are neither shown nor touched") {
    User user;
    user.set_up();
    EncryptedFile file{user.paths().data / "secrets_encrypted"};
    file.update("pw", {}, [](Table& table) { table = {{"__thv_registry_token", "x"}, {"A", "1"}}; });
    CHECK(user.manager().names() == std::vector<std::string>{"A"});
    CHECK(test::error_of([&] { user.manager().value("__thv_registry_token"); }).fault() == Fault::denied);
    CHECK(test::error_of([&] { user.manager().set("__thv_x", "1"); }).fault() == Fault::denied);
    CHECK(test::error_of([&] { user.manager().remove("__thv_registry_token"); }).fault() == Fault::denied);
    user.manager().set("B", "2");
    CHECK(file.read("pw")->at("__thv_registry_token") == "x");
}

TEST_CASE("names that no run config could hold are refused") {
    for (const auto* name : {"", "a,b", "a=b", "a\nb", "a\x7f"}) {
        CAPTURE(name);
        CHECK(test::error_of([&] { check_name(name); }).fault() == Fault::usage);
    }
    for (const auto* name : {"a", "wx-api-key", "team/token", "GRÜN", "a b"})
        CHECK_NOTHROW(check_name(name));
}

TEST_CASE("what is handed over opens the same secrets in another process") {
    User user;
    user.set_up();
    user.manager().set("A", "1");
    user.variables["TOOLHIVE_SECRET_B"] = "2";
    user.variables["TOOLHIVE_SECRET_C"] = "of nobody here";
    auto manager = user.manager();
    CHECK(manager.handover({}).empty());
    const auto handed = manager.handover({"A", "B"});
    CHECK(handed ==
          std::map<std::string, std::string>{{"TOOLHIVE_SECRETS_PASSWORD", "pw"}, {"TOOLHIVE_SECRET_B", "2"}});
    user.variables.clear();
    for (const auto& [name, value] : handed)
        user.variables[name] = value;
    user.has_keyring = user.terminal = false;
    CHECK(user.manager().values({"A", "B"}) == std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}});
}

TEST_CASE("setting up again opens the store, and writes it in the format that is asked for") {
    User user;
    user.set_up();
    user.manager().set("A", "1");
    user.manager().set_up(Format::toolhive);
    CHECK(user.manager().format() == Format::toolhive);
    CHECK(user.manager().value("A") == "1");
    user.keyring.password.reset();
    user.typed = {"another"};
    CHECK(test::error_of([&] { user.manager().set_up({}); }).fault() == Fault::denied);
}
