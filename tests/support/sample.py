# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Objects of the operator's kinds for tests: one at a time, or ten thousand with the status of running ones."""

from concurrent.futures import ThreadPoolExecutor

from support.kube_api import path_of

API = "toolhive.stacklok.dev/v1beta1"
IMAGE = "localhost/thv-fixture:1"
REMOTE = "https://mcp.example.com/mcp"


def _make(cluster, kind, plural, namespace, name, spec):
    body = {"apiVersion": API, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}
    return cluster.api("POST", path_of(plural, namespace), body)


def server(cluster, namespace, name, group=None, **spec):
    """An MCPServer; `group`: of that group."""
    spec = {"image": IMAGE, **({"groupRef": {"name": group}} if group else {}), **spec}
    return _make(cluster, "MCPServer", "mcpservers", namespace, name, spec)


def group(cluster, namespace, name, description=""):
    return _make(cluster, "MCPGroup", "mcpgroups", namespace, name, {"description": description})


def remote_proxy(cluster, namespace, name, group=None, **spec):
    spec = {"remoteUrl": REMOTE, **({"groupRef": {"name": group}} if group else {}), **spec}
    return _make(cluster, "MCPRemoteProxy", "mcpremoteproxies", namespace, name, spec)


def entry(cluster, namespace, name, group, **spec):
    spec = {"remoteUrl": REMOTE, "transport": "streamable-http", "groupRef": {"name": group}, **spec}
    return _make(cluster, "MCPServerEntry", "mcpserverentries", namespace, name, spec)


def set_status(cluster, plural, namespace, name, **status):
    """Writes a status, as only the operator does otherwise."""
    cluster.kube.merge(path_of(plural, namespace, name) + "/status", {"status": status})


def ready_status(namespace, name):
    """What the operator says of a server that runs."""
    moment = "2026-01-01T00:00:00Z"
    condition = {"type": "Ready", "status": "True", "reason": "Ready", "message": "MCP server is running",
                 "lastTransitionTime": moment, "observedGeneration": 1}
    warnings = [{"type": kind, "status": status, "reason": "NotApplicable", "message": "is not configured",
                 "lastTransitionTime": moment, "observedGeneration": 1}
                for kind, status in (("StdioReplicaCapped", "False"), ("SessionStorageWarning", "False"),
                                     ("RateLimitConfigValid", "True"))]
    return {"phase": "Ready", "message": "MCP server is running", "readyReplicas": 1, "observedGeneration": 1,
            "url": f"http://mcp-{name}-proxy.{namespace}.svc.cluster.local:8080/mcp",
            "conditions": [*warnings, condition]}


def fill(cluster, count, namespace="default", group=None, first=0, threads=16):
    """Makes MCPServers from number `first` up to `count` with the status of running ones, which an operator would
    change: for clusters without one."""

    def make(number):
        name = f"server-{number:05}"
        server(cluster, namespace, name, group, transport="streamable-http", args=["--verbose", "--root", "/data"],
               env=[{"name": "LOG_LEVEL", "value": "info"}],
               resources={"limits": {"cpu": "500m", "memory": "256Mi"}})
        set_status(cluster, "mcpservers", namespace, name, **ready_status(namespace, name))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(make, range(first, count)))
