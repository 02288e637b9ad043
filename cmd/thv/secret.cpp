// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
#include "thv/format.hpp"
#include "thv/secret_commands.hpp"
#include "thv/secret_users.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace thv::commands {

constexpr Doc SecretDelete::doc{
    .name = "secret delete",
    .summary = "delete a secret",
    .description = "You are asked first. Workloads that use the secret go on running, and cannot be started again "
                   "without it.\n\nPrints the name of the secret.",
    .examples = "thv secret delete GITHUB_TOKEN\nthv secret rm --yes GITHUB_TOKEN",
    .aliases = "rm remove",
};

constexpr Doc SecretGet::doc{
    .name = "secret get",
    .summary = "print a secret",
    .description = "Prints the value, with a newline behind it.",
    .examples = "thv secret get GITHUB_TOKEN",
};

constexpr Doc SecretList::doc{
    .name = "secret list",
    .summary = "list the secrets and who uses them",
    .description = "Values are not shown; 'thv secret get' prints one.",
    .examples = "thv secret ls\nthv secret ls -o json",
    .aliases = "ls",
};

constexpr Doc SecretProvider::doc{
    .name = "secret provider",
    .summary = "show or choose where secrets are kept",
    .description = "encrypted keeps them in a file; see 'thv secret setup'. environment takes them from variables "
                   "TOOLHIVE_SECRET_NAME and stores none.\n\nTOOLHIVE_SECRETS_PROVIDER wins over what is chosen here.",
    .examples = "thv secret provider\nthv secret provider environment",
};

constexpr Doc SecretResetKeyring::doc{
    .name = "secret reset-keyring",
    .summary = "take the password of the secrets out of the keyring",
    .description = "From then on it is asked for again, and kept again when it fits. The secrets themselves stay as "
                   "they are.",
    .examples = "thv secret reset-keyring",
};

constexpr Doc SecretSet::doc{
    .name = "secret set",
    .summary = "store a secret",
    .description = "The value is asked for, or read from standard input, of which one newline at the end is cut off. A "
                   "value that is there already is replaced; running servers keep the old one until they are "
                   "restarted.\n\nPrints the name of the secret.",
    .examples = "thv secret set GITHUB_TOKEN\nthv secret set TLS_KEY < key.pem",
};

constexpr Doc SecretSetup::doc{
    .name = "secret setup",
    .summary = "set up the encrypted store for secrets",
    .description =
        "Asks for a password for a new store, or for the one of the store that is there. The password is kept in the "
        "keyring of the desktop or of the kernel, when there is one. Without a terminal it is taken from "
        "TOOLHIVE_SECRETS_PASSWORD or from the file that THV_SECRETS_PASSWORD_FILE names.\n\nThe format thv is the "
        "better protected one; toolhive is the one that ToolHive 0.46 reads and writes, too. A store keeps its format "
        "until another one is asked for here.\n\nPrints the path of the store.",
    .examples = "thv secret setup\nTHV_SECRETS_PASSWORD_FILE=/etc/thv-password thv secret setup --format toolhive",
};

void SecretDelete::declare(Args& args) {
    args.positional("NAME", name, "the secret").mandatory().completes(cli::Completer::secret);
    args.flag("-y,--yes", yes, "do not ask");
}

void SecretGet::declare(Args& args) {
    args.positional("NAME", name, "the secret").mandatory().completes(cli::Completer::secret);
}

void SecretList::declare(Args& args) {
    output.declare_list(args);
}

void SecretProvider::declare(Args& args) {
    args.positional("PROVIDER", name, "encrypted or environment; without it the one in use is printed")
        .suggests({"encrypted", "environment"});
}

void SecretResetKeyring::declare(Args& /*args*/) {}

void SecretSet::declare(Args& args) {
    args.positional("NAME", name, "the secret").mandatory().completes(cli::Completer::secret);
}

void SecretSetup::declare(Args& args) {
    args.option("--format", format, "the format of the store (thv)").placeholder("FORMAT").one_of({"thv", "toolhive"});
}

namespace {

constexpr std::size_t longest_value = 16U << 20U;

std::vector<std::string> users_of(const std::string& secret, const RunConfigs& run_configs) {
    return std::move(secret_users(run_configs)[secret]);
}

/// As it was typed, or all of standard input but one newline at its end.
std::string value_from(const std::string& name, Console& console) {
    if (console.terminal().in) {
        auto typed = console.ask_hidden(fmt::format("Value of {}: ", name));
        if (!typed || typed->empty()) throw Error{Fault::usage, "no value was given"};
        return *std::move(typed);
    }
    auto text = console.read_all(longest_value);
    if (text.ends_with('\n')) text.pop_back();
    if (text.empty()) throw Error{Fault::usage, "standard input is empty"}.hint("write the value to it");
    return text;
}

std::string plural(const std::vector<std::string>& names) {
    return fmt::format("workload{} {}", names.size() == 1 ? "" : "s", fmt::join(names, ", "));
}

void ask(const SecretDelete& command, const std::vector<std::string>& users, Console& console) {
    if (command.yes) return;
    const auto question = users.empty() ? fmt::format("Delete the secret '{}'?", command.name)
                                        : fmt::format("Delete the secret '{}' all the same?", command.name);
    if (!console.confirm(question, "use --yes to go on without being asked"))
        throw Error{Fault::denied, fmt::format("the secret '{}' was not deleted", command.name)};
}

} // namespace

Task<> SecretDelete::run(secrets::Manager& manager, const RunConfigs& run_configs, Console& console) const {
    secrets::check_name(name);
    const auto users = users_of(name, run_configs);
    if (!users.empty()) console.warn(fmt::format("the secret '{}' is used by the {}", name, plural(users)));
    if (!yes && !manager.contains(name))
        throw Error{Fault::not_found, fmt::format("there is no secret '{}'", name)}.hint(
            "'thv secret list' shows those that there are");
    ask(*this, users, console);
    manager.remove(name);
    console.print(name);
    co_return;
}

Task<> SecretGet::run(secrets::Manager& manager, Console& console) const {
    console.print(manager.value(name));
    co_return;
}

Task<> SecretList::run(secrets::Manager& manager, const RunConfigs& run_configs, Console& console) const {
    const auto names = manager.names();
    const auto users = secret_users(run_configs);
    const auto users_of = [&users](const std::string& name) {
        const auto found = users.find(name);
        return found == users.end() ? std::vector<std::string>{} : found->second;
    };
    const auto records = cli::records_for(output, {{{.heading = "NAME"}, {.heading = "USED BY"}}, {}}, console);
    for (const auto& name : names) {
        const auto workloads = users_of(name);
        const auto cells = [&] { return std::vector{name, fmt::format("{}", fmt::join(workloads, ", "))}; };
        const auto document = [&] { return nlohmann::ordered_json{{"key", name}, {"workloads", workloads}}; };
        records->add({name, cells, document});
    }
    records->finish();
    co_return;
}

Task<> SecretProvider::run(secrets::Manager& manager, Console& console) const {
    if (name) {
        const auto kind = secrets::parse_provider(*name);
        if (kind == secrets::ProviderKind::onepassword)
            throw Error{Fault::unsupported, "secrets in 1Password are not supported by this version of thv"}.hint(
                "use encrypted or environment");
        if (kind == secrets::ProviderKind::encrypted)
            manager.set_up(std::nullopt);
        else
            manager.use_environment();
    }
    const auto provider = manager.provider();
    if (!provider)
        throw Error{Fault::not_found, "no provider of secrets has been set up"}.hint("run 'thv secret setup'");
    console.print(secrets::to_string(*provider));
    co_return;
}

Task<> SecretResetKeyring::run(secrets::Manager& manager, Console& console) const {
    console.say(manager.forget_password() ? "The password was taken out of the keyring"
                                          : "There was no password in the keyring");
    co_return;
}

Task<> SecretSet::run(secrets::Manager& manager, const RunConfigs& run_configs, Console& console) const {
    secrets::check_name(name);
    manager.require_store();
    manager.set(name, value_from(name, console));
    console.print(name);
    const auto users = users_of(name, run_configs);
    if (!users.empty()) console.warn(fmt::format("a restart gives the new value to the {}", plural(users)));
    co_return;
}

Task<> SecretSetup::run(secrets::Manager& manager, Console& console) const {
    std::optional<secrets::Format> wanted;
    if (format) wanted = value_or_throw(secrets::parse_format(*format));
    manager.set_up(wanted);
    console.print(manager.file().string());
    const auto chosen = manager.provider();
    if (chosen != secrets::ProviderKind::encrypted)
        console.warn("TOOLHIVE_SECRETS_PROVIDER is set, and wins over what was set up");
    co_return;
}

} // namespace thv::commands
