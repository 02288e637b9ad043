// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/run_flags.hpp"

namespace thv::commands {

namespace {

/// What upstream's `thv run` knows and this one does not. A server that was meant to run with one of these must not
/// run without it.
const std::vector<std::string_view> unavailable{"--allow-docker-gateway",
                                                "--authz-config",
                                                "--build-with",
                                                "--endpoint-prefix",
                                                "--env-file-dir",
                                                "--image-verification",
                                                "--jwks-allow-private-ip",
                                                "--k8s-pod-patch",
                                                "--oidc-client-id",
                                                "--oidc-client-secret",
                                                "--oidc-introspection-url",
                                                "--otel-custom-attributes",
                                                "--otel-enable-prometheus-metrics-path",
                                                "--otel-endpoint",
                                                "--otel-env-vars",
                                                "--otel-headers",
                                                "--otel-insecure",
                                                "--otel-metrics-enabled",
                                                "--otel-metrics-on-transport-port",
                                                "--otel-sampling-rate",
                                                "--otel-service-name",
                                                "--otel-tracing-enabled",
                                                "--otel-use-legacy-attributes",
                                                "--print-resolved-overlays",
                                                "--remote-auth",
                                                "--remote-auth-authorize-url",
                                                "--remote-auth-bearer-token",
                                                "--remote-auth-callback-port",
                                                "--remote-auth-client-id",
                                                "--remote-auth-client-secret",
                                                "--remote-auth-client-secret-file",
                                                "--remote-auth-issuer",
                                                "--remote-auth-resource",
                                                "--remote-auth-scope-param-name",
                                                "--remote-auth-scopes",
                                                "--remote-auth-skip-browser",
                                                "--remote-auth-timeout",
                                                "--remote-auth-token-url",
                                                "--runtime-add-package",
                                                "--runtime-image",
                                                "--stateless",
                                                "--strict-protocol-validation",
                                                "--token-exchange-audience",
                                                "--token-exchange-client-id",
                                                "--token-exchange-client-secret",
                                                "--token-exchange-client-secret-file",
                                                "--token-exchange-header-name",
                                                "--token-exchange-scopes",
                                                "--token-exchange-subject-token-type",
                                                "--token-exchange-url",
                                                "--trust-proxy-headers",
                                                "--webhook-config"};

} // namespace

void LimitFlags::declare(cli::Args& args) {
    args.option("-m,--memory", memory, "how much memory the server may use, such as 512m").placeholder("SIZE");
    args.option("--cpus", cpus, "how many CPUs the server may use, such as 0.5").placeholder("N");
    args.option("--pids-limit", pids, "how many processes and threads the server may have (256); not on a cluster")
        .placeholder("N");
}

void RunFlags::declare_container(cli::Args& args) {
    using cli::Completer;
    args.option("-e,--env", env, "set a variable, or pass on your own; repeat for more").placeholder("NAME[=VALUE]");
    args.option("--env-file", env_files, "read variables from a file, or from stdin for '-'; --env wins over it")
        .placeholder("FILE")
        .completes(Completer::file);
    args.option("-v,--volume", volumes, "let the server see a file or folder; repeat for more")
        .placeholder("SRC:DST[:ro]")
        .completes(Completer::file);
    args.option(
            "--secret", secrets,
            "set a variable to a secret (on a cluster: SECRET/KEY); with as=file the secret is a file, and VAR_FILE "
            "its path; repeat for more")
        .placeholder("NAME,target=VAR[,as=file]")
        .completes(Completer::secret_use);
    limits.declare(args);
    args.option("--tmpfs", options.tmpfs,
                "a folder in memory, such as /tmp:size=64m (on a cluster it has only a size); repeat for more")
        .placeholder("PATH[:OPTIONS]");
    args.option("-u,--user", options.user, "who the server runs as, instead of the image's user; numbers on a cluster")
        .placeholder("USER[:GROUP]");
    args.option("-l,--label", labels, "add a label; repeat for more").placeholder("KEY=VALUE");
    args.option("-p,--publish", publish, "publish a port of the container, besides the server's own; repeat for more")
        .placeholder("[HOST:]PORT");
    args.option("--permission-profile", permission_profile,
                "what the server may do: none, network, or a file (network)")
        .placeholder("PROFILE")
        .completes(Completer::profile);
    args.option("--network", network, "the container's network: none, host, bridge, or a network's name")
        .placeholder("NETWORK")
        .suggests({"none", "bridge", "host"});
}

void RunFlags::declare(cli::Args& args) {
    using cli::Completer;
    args.positional("IMAGE", image,
                    "the server's name in the registry, its image, or the URL of one that runs elsewhere")
        .completes(Completer::image);
    args.rest("ARG", arguments, "the server's own arguments");
    args.option("--name", name, "the workload's name; the default is made from the image").placeholder("NAME");
    args.option("--group", group, "the group it belongs to (default)").placeholder("GROUP").completes(Completer::group);
    args.option("--transport", transport, "how the server speaks: stdio, sse or streamable-http (streamable-http)")
        .placeholder("KIND")
        .suggests({"stdio", "sse", "streamable-http"});
    args.option("--proxy-mode", proxy_mode,
                "how clients speak to a stdio server: streamable-http or sse (streamable-http)")
        .placeholder("KIND")
        .suggests({"streamable-http", "sse"});
    declare_container(args);
    args.flag("--read-only", options.read_only, "the server may write to its volumes and tmpfs only");
    args.flag("--ignore-globally", ignore_globally,
              "hide from the server what your thvignore names, too; =false: only what a volume's .thvignore names");
    args.option("--stdio", stdio, "how a stdio server is reached: direct, attach (through the engine), or auto (auto)")
        .placeholder("PATH")
        .suggests({"auto", "direct", "attach"});
    args.option("--session-isolation", session_isolation,
                "whether the sessions of a stdio server share its process: shared, per-session (shared)")
        .placeholder("MODE")
        .suggests({"shared", "per-session"});
    args.flag("--isolate-network", isolate_network, "not available yet; =false is accepted");
    args.option("--proxy-port", proxy_port, "the port that clients use; by default one is chosen once and kept");
    args.option("--host", host, "the address that the proxy listens on (127.0.0.1)").placeholder("ADDRESS");
    args.option("--target-port", target_port, "the server's port in its container, for sse and streamable-http");
    args.option("--target-host", target_host, "the address that the server is told to listen on")
        .placeholder("ADDRESS");
    args.option("--allowed-origins", allowed_origins, "let web pages of this origin in; repeat for more")
        .placeholder("ORIGIN");
    args.option("--session-ttl", session_ttl, "end a client's session after this time without a request (2h)")
        .placeholder("DURATION");
    remote.declare(args);
    gate.declare(args);
    args.unavailable(unavailable);
}

} // namespace thv::commands
