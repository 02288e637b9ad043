// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// libsecret is loaded when it is asked for, and in a process of its own: it brings GLib with threads and an event loop,
// and it may wait for a person who does not come.
#include "core/error.hpp"
#include "io/files.hpp"
#include "io/process.hpp"
#include "secrets/cipher.hpp"
#include "secrets/keyring.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>

namespace thv::secrets {

namespace {

using namespace std::chrono_literals;

/// Long enough for somebody who is asked to unlock the keyring.
constexpr auto patience = 60s;
constexpr std::size_t longest_answer = 64U << 10U;

/// What the other process says first.
enum class Word : char {
    found = 'f',
    nothing = 'n',
    stored = 's',
    removed = 'r',
    locked = 'l',
    absent = 'a',
    failed = 'x'
};

// The few types and functions of libsecret and GLib that are used, as their documentation has them.
struct GError {
    unsigned domain;
    int code;
    char* message;
};
struct GList {
    void* data;
    GList* next;
    GList* previous;
};
struct Attribute {
    const char* name;
    int type;
};
struct Schema {
    const char* name;
    int flags;
    std::array<Attribute, 32> attributes;
    int reserved;
    std::array<void*, 7> more_reserved;
};
constexpr int dont_match_name = 2;
constexpr int search_unlock = 1 << 2;
constexpr int search_load_secrets = 1 << 3;
constexpr int search_all = 1 << 1;

// As the library that upstream uses names the entry.
constexpr const char* label = "Password for 'toolhive' on 'toolhive'";
const Schema schema{.name = "org.freedesktop.Secret.Generic",
                    .flags = dont_match_name,
                    .attributes = {{{"service", 0}, {"username", 0}}},
                    .reserved = 0,
                    .more_reserved = {}};

class Library {
public:
    Library()
        : handle_(may_load_libraries() ? ::dlopen("libsecret-1.so.0", RTLD_NOW | RTLD_LOCAL) : nullptr) {}
    explicit operator bool() const { return handle_ != nullptr; }
    template <typename Function>
    Function* find(const char* name) const {
        return reinterpret_cast<Function*>(::dlsym(handle_, name));
    }

private:
    void* handle_;
};

struct Answer {
    Word word = Word::failed;
    std::string text = {};
};

Answer answer_of(const GError* error) {
    const std::string text = error->message != nullptr ? error->message : "";
    // Nobody is there who keeps secrets: no service by that name, or no bus.
    const bool absent = text.find("org.freedesktop.secrets") != std::string::npos ||
                        text.find("Cannot autolaunch") != std::string::npos ||
                        text.find("Could not connect") != std::string::npos ||
                        text.find("connection") != std::string::npos;
    return {absent ? Word::absent : Word::failed, text};
}

Answer look_up(const Library& library) {
    using Equal = int(const void*, const void*);
    using Hash = unsigned(const void*);
    auto* make_table = library.find<void*(Hash*, Equal*)>("g_hash_table_new");
    auto* insert = library.find<int(void*, const void*, const void*)>("g_hash_table_insert");
    auto* search =
        library.find<GList*(void*, const Schema*, void*, int, void*, GError**)>("secret_service_search_sync");
    auto* is_locked = library.find<int(void*)>("secret_item_get_locked");
    auto* secret_of = library.find<void*(void*)>("secret_item_get_secret");
    auto* text_of = library.find<const char*(void*, std::size_t*)>("secret_value_get");
    auto* hash = library.find<Hash>("g_str_hash");
    auto* equal = library.find<Equal>("g_str_equal");
    if (!make_table || !insert || !search || !is_locked || !secret_of || !text_of || !hash || !equal)
        return {Word::absent, {}};
    auto* attributes = make_table(hash, equal);
    insert(attributes, "service", "toolhive");
    insert(attributes, "username", "toolhive");
    GError* error = nullptr;
    const auto* items =
        search(nullptr, &schema, attributes, search_all | search_unlock | search_load_secrets, nullptr, &error);
    if (error != nullptr) return answer_of(error);
    bool locked = false;
    for (; items != nullptr; items = items->next) {
        locked = locked || is_locked(items->data) != 0;
        auto* value = is_locked(items->data) == 0 ? secret_of(items->data) : nullptr;
        if (value == nullptr) continue;
        std::size_t size = 0;
        const auto* text = text_of(value, &size);
        return {Word::found, std::string(text, size)};
    }
    return {locked ? Word::locked : Word::nothing, {}};
}

using Clear = int(const Schema*, void*, GError**, ...);

Answer clear(const Library& library) {
    auto* clear = library.find<Clear>("secret_password_clear_sync");
    if (!clear) return {Word::absent, {}};
    GError* error = nullptr;
    const int cleared = clear(&schema, nullptr, &error, "service", "toolhive", "username", "toolhive", nullptr);
    if (error != nullptr) return answer_of(error);
    return {cleared != 0 ? Word::removed : Word::nothing, {}};
}

Answer store(const Library& library, const std::string& password) {
    using Store = int(const Schema*, const char*, const char*, const char*, void*, GError**, ...);
    auto* clear = library.find<Clear>("secret_password_clear_sync");
    auto* save = library.find<Store>("secret_password_store_sync");
    if (!clear || !save) return {Word::absent, {}};
    GError* error = nullptr;
    // An entry of upstream's has other attributes besides, and would stay beside ours with the old password.
    clear(&schema, nullptr, &error, "service", "toolhive", "username", "toolhive", nullptr);
    error = nullptr;
    const int stored = save(&schema, "default", label, password.c_str(), nullptr, &error, "service", "toolhive",
                            "username", "toolhive", nullptr);
    if (error != nullptr) return answer_of(error);
    return {stored != 0 ? Word::stored : Word::locked, {}};
}

/// The work of the other process, which never returns from here.
[[noreturn]] void work(int out, const std::function<Answer(const Library&)>& task) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const Library library;
    const auto answer = library ? task(library) : Answer{Word::absent, {}};
    const auto bytes = std::string(1, static_cast<char>(answer.word)) + answer.text;
    [[maybe_unused]] const auto written = ::write(out, bytes.data(), bytes.size());
    ::_exit(0);
}

/// All that it writes, until it ends or the patience does.
std::string listen(int in) {
    std::string bytes;
    std::array<char, 4096> piece{};
    const auto until = std::chrono::steady_clock::now() + patience;
    while (bytes.size() < longest_answer) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd wait{.fd = in, .events = POLLIN, .revents = 0};
        const int ready = left > 0ms ? ::poll(&wait, 1, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) break;
        const auto got = ::read(in, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        bytes.append(piece.data(), static_cast<std::size_t>(got));
    }
    piece.fill(0);
    return bytes;
}

Answer ask(const std::function<Answer(const Library&)>& task) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error{Fault::internal, "cannot make a pipe"};
    const Fd reader{ends[0]};
    Fd writer{ends[1]};
    const auto child = ::fork();
    if (child < 0) throw Error{Fault::internal, "cannot start a process"};
    if (child == 0) work(writer.get(), task);
    writer.close();
    auto bytes = listen(reader.get());
    ::kill(child, SIGKILL); // it has said all, or takes too long
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (bytes.empty())
        throw Error{Fault::unreachable, "the Secret Service does not answer"}.hint(
            "unlock the keyring, or set TOOLHIVE_SECRETS_PASSWORD or THV_SECRETS_PASSWORD_FILE");
    Answer answer{static_cast<Word>(bytes.front()), bytes.substr(1)};
    wipe(bytes);
    return answer;
}

[[noreturn]] void refuse(const Answer& answer) {
    if (answer.word == Word::locked)
        throw Error{Fault::denied, "the keyring of the Secret Service is locked"}.hint(
            "unlock it, or set TOOLHIVE_SECRETS_PASSWORD or THV_SECRETS_PASSWORD_FILE");
    throw Error{Fault::unreachable, fmt::format("the Secret Service failed: {}", answer.text)};
}

class SecretService final : public Keyring {
public:
    explicit SecretService(Answer first)
        : first_(std::move(first)) {}
    ~SecretService() override { wipe(first_.text); }
    std::string_view name() const override { return "the Secret Service"; }

    std::optional<std::string> get() override {
        if (first_.word == Word::found) return first_.text;
        if (first_.word == Word::nothing) return std::nullopt;
        refuse(first_);
    }

    void put(const std::string& password) override {
        const auto answer = ask([&password](const Library& library) { return store(library, password); });
        if (answer.word != Word::stored) refuse(answer);
        first_ = {Word::found, password};
    }

    bool remove() override {
        const auto answer = ask(clear);
        if (answer.word != Word::removed && answer.word != Word::nothing) refuse(answer);
        first_ = {Word::nothing, {}};
        return answer.word == Word::removed;
    }

private:
    Answer first_; ///< what it said when it was asked whether it is there
};

bool has_bus(const Environment& environment) {
    if (environment.get("DBUS_SESSION_BUS_ADDRESS")) return true;
    const auto runtime = environment.get("XDG_RUNTIME_DIR");
    std::error_code unknown;
    return runtime && std::filesystem::exists(std::filesystem::path{*runtime} / "bus", unknown);
}

} // namespace

std::unique_ptr<Keyring> secret_service(const Environment& environment) {
    if (!has_bus(environment)) return nullptr;
    auto answer = ask(look_up);
    if (answer.word == Word::absent) return nullptr;
    return std::make_unique<SecretService>(std::move(answer));
}

} // namespace thv::secrets
