// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"
#include "thv/completion_commands.hpp"
#include "thv/file_commands.hpp"
#include "thv/mcp_commands.hpp"
#include "thv/registry_commands.hpp"
#include "thv/secret_commands.hpp"

namespace thv::commands {

namespace {

// One line per command, sorted by name.
// clang-format off
constexpr cli::Entry entries[]{
    cli::command<Complete>(),
    cli::command<Manual>(),
    cli::command<Apply>(),
    cli::command<CompletionScript>(),
    cli::command<ConfigGetRegistry>(),
    cli::command<ConfigSetRegistry>(),
    cli::command<ConfigUnsetRegistry>(),
    cli::command<Diff>(),
    cli::command<Export>(),
    cli::command<GroupCreate>(),
    cli::command<GroupList>(),
    cli::command<GroupMove>(),
    cli::command<GroupRemove>(),
    cli::command<GroupRun>(),
    cli::command<List>(),
    cli::command<ShowLogs>(),
    cli::command<McpCall>(),
    cli::command<McpList>(),
    cli::command<ProfileCheck>(),
    cli::command<ProfileShow>(),
    cli::command<ProxyStdio>(),
    cli::command<RegistryInfo>(),
    cli::command<RegistryList>(),
    cli::command<Restart>(),
    cli::command<Remove>(),
    cli::command<Run>(),
    cli::command<RuntimeCheck>(),
    cli::command<Search>(),
    cli::command<SecretDelete>(),
    cli::command<SecretGet>(),
    cli::command<SecretList>(),
    cli::command<SecretProvider>(),
    cli::command<SecretResetKeyring>(),
    cli::command<SecretSet>(),
    cli::command<SecretSetup>(),
    cli::command<Start>(),
    cli::command<Status>(),
    cli::command<Stop>(),
    cli::command<Replace>(),
    cli::command<Version>(),
    cli::command<VmcpDiscover>(),
};
// clang-format on

constexpr cli::Topic topics[]{
    {"environment", "ENVIRONMENT", "the variables that count",
     "DOCKER_HOST, CONTAINER_HOST, DOCKER_CONTEXT\n"
     "TOOLHIVE_PODMAN_SOCKET, TOOLHIVE_DOCKER_SOCKET, TOOLHIVE_COLIMA_SOCKET\n"
     "    where the container engine listens; see thv runtime check\n"
     "TOOLHIVE_RUNTIME\n"
     "    where workloads are: docker or podman (an engine), or kubernetes (a cluster)\n"
     "KUBECONFIG\n"
     "    the kubeconfigs that tell of clusters, ':' between them (~/.kube/config)\n"
     "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT\n"
     "    set in a pod, where thv works on the pod's own cluster\n"
     "HTTPS_PROXY, HTTP_PROXY, NO_PROXY\n"
     "    the proxy to reach a cluster or a remote server through\n"
     "TOOLHIVE_SECRETS_PASSWORD, THV_SECRETS_PASSWORD_FILE\n"
     "    the password of the secrets, and a file that holds it\n"
     "TOOLHIVE_SECRETS_PROVIDER\n"
     "    where secrets are: encrypted or environment; see thv secret provider\n"
     "TOOLHIVE_SECRET_NAME\n"
     "    the secret NAME, when the store does not hold it; see thv secret setup\n"
     "TOOLHIVE_DISABLE_ENV_FALLBACK\n"
     "    when true, secrets of the environment do not stand in for those of the store\n"
     "TOOLHIVE_HEALTH_CHECK_INTERVAL\n"
     "    how often a remote server is looked at (30s)\n"
     "XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR\n"
     "    where files are kept\n"
     "NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM, COLUMNS\n"
     "    how messages and tables look on a terminal"},
    {"exit-codes", "EXIT STATUS", "what they mean",
     "0    done\n"
     "1    failed; of diff: something differs; of mcp call: the tool reports an error\n"
     "2    wrong usage: an unknown command or flag, or a value that cannot be\n"
     "3    some of several workloads failed; each failure is told\n"
     "4    refused: by the permissions of a user, for want of --yes, or by a password\n"
     "5    there is no such workload, group, image, context or secret\n"
     "6    the container engine, the cluster or the server does not answer\n"
     "124  not done in time; see --timeout\n"
     "125  run: the engine failed to make or start the container\n"
     "126  run: the image's program cannot be executed\n"
     "127  run: the image's program is not there\n"
     "130  interrupted by SIGINT (Ctrl-C)\n"
     "141  proxy stdio: nobody reads what it writes\n"
     "143  ended by SIGTERM\n"
     "\n"
     "run --foreground ends with the server's own exit code."},
    {"files", "FILES", "what is kept where",
     "$XDG_CONFIG_HOME/toolhive/config.yaml (~/.config)\n"
     "    settings, such as the registry\n"
     "$XDG_CACHE_HOME/toolhive/cache/registry-*.json (~/.cache)\n"
     "    what a registry has last answered\n"
     "$XDG_STATE_HOME/toolhive/runconfigs/NAME.json (~/.local/state)\n"
     "    how a workload is to run\n"
     "$XDG_STATE_HOME/toolhive/groups/GROUP.json\n"
     "    the groups\n"
     "$XDG_DATA_HOME/toolhive/statuses/NAME.json (~/.local/share)\n"
     "    what its supervisor last said of a workload\n"
     "$XDG_DATA_HOME/toolhive/secrets_encrypted\n"
     "    the secrets\n"
     "$XDG_DATA_HOME/toolhive/logs/NAME.log\n"
     "    the log of its proxy"},
    {"formatting", "FORMATTING", "tables, JSON, templates and colours",
     "Results are written to standard output, everything else to standard error. What lists or shows\n"
     "something takes -o FORM; --format FORM is the same, as docker and ToolHive write it.\n"
     "\n"
     "table\n"
     "    columns two spaces apart. On a terminal long columns are cut to its width (--no-trunc: not),\n"
     "    and times are told relative to now; elsewhere nothing is cut, and nothing is coloured.\n"
     "    --no-headers leaves the first line out\n"
     "wide\n"
     "    a table with more columns\n"
     "json, yaml\n"
     "    one document: times in RFC 3339 and UTC, lists that are [] and not null when they are empty,\n"
     "    and the keys that ToolHive has; more keys may come, none goes\n"
     "jsonl\n"
     "    one JSON object on each line; so is --watch -o json\n"
     "name\n"
     "    names only, one on each line; --quiet is the same\n"
     "custom-columns=HEADING:PATH,...\n"
     "    a table of what the JSON form has at these paths, such as\n"
     "    custom-columns=NAME:.name,TEAM:.labels.team,TOOL:.tools[0]\n"
     "template=TEXT\n"
     "    a line for each thing, in the language of docker's --format: '{{.Name}} {{json .Labels}}'.\n"
     "    'table {{.Name}}\\t{{.URL}}' makes a table. Keys are found by their name in the JSON form,\n"
     "    in whatever case. The word template= may be left out when there are braces\n"
     "mcpservers\n"
     "    of thv ls: what AI clients have in their configuration\n"
     "\n"
     "--sort-by PATH sorts a list by what the JSON form has there; by default it is sorted by name.\n"
     "\n"
     "With -o json and -o jsonl messages are JSON, too, one object on each line of standard error,\n"
     "with the keys level (info, warning or error) and message; of an error also code, exit_code and,\n"
     "when there is one, hint.\n"
     "\n"
     "Messages are coloured as --color says (always, never; auto is the default); else not when\n"
     "NO_COLOR is set; else when CLICOLOR_FORCE is set and not 0; else not when CLICOLOR is 0 or\n"
     "TERM is dumb; else on a terminal. COLUMNS is the width of tables.\n"
     "\n"
     "While an image is pulled, a terminal shows one line with the bytes of all layers; elsewhere there\n"
     "is a line when the pull begins and one when it is done. --progress plain asks for these lines on\n"
     "a terminal, too, --progress none for silence. --progress json writes an object on each line of\n"
     "standard error: event (pulling, waiting, downloading, unpacking, pulled or failed), image, current\n"
     "and total in bytes, layers_done, layers, elapsed in seconds; or event message, and text. On an\n"
     "engine, a server that has not answered for three seconds is a line, or a message, too, except in\n"
     "the foreground."},
};

} // namespace

const cli::Program& program() {
    static constexpr cli::Program value{
        .name = "thv",
        .version = THV_VERSION,
        .summary = "thv runs MCP servers in containers.",
        .examples = "thv run ghcr.io/acme/weather-mcp:1.4\nthv ls\nthv logs --follow weather",
        .footer = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some of several failed, 4 refused,\n"
                  "5 not found, 6 engine unreachable, 124 timed out, 130 and 143 interrupted.\n"
                  "When you report a bug, add what 'thv version -o json' and 'thv runtime check' print.\n",
        .tagline = "run MCP servers in containers",
        .see_also = "thv(7) thv.yaml(5) thv-profile(5) thv-runconfig(5)",
        .date = "2026-11-28",
        .topics = topics,
        .commands = entries,
    };
    return value;
}

} // namespace thv::commands
