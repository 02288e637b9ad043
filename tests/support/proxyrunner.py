# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What the program in a proxy pod makes of its run config when it starts, as seen on the API: a StatefulSet for the
server and, for servers that speak HTTP, two Services. A stand-in where containers cannot run; see support/kubelet.py."""

import copy
import json

from support.kube_api import path_of

MANAGER = "toolhive-container-manager"
GENERATION = "toolhive.stacklok.dev/mcpserver-generation"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
APPS, CORE = "/apis/apps/v1", "/api/v1"


def is_proxy(pod):
    return pod["metadata"].get("labels", {}).get("app") == "mcpserver"


def deploy(kube, pod):
    """Does what the proxy does at its start. Returns the name and the generation of the StatefulSet that it then waits
    for, or None where it finds that a later proxy was there first."""
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["labels"]["app.kubernetes.io/instance"]
    stored = kube.get(path_of("configmaps", namespace, f"{name}-runconfig", CORE))
    if not stored:
        return None
    config = json.loads(stored["data"]["runconfig.json"])
    place = path_of("statefulsets", namespace, name, APPS)
    existing = kube.get(place)
    generation = int(pod["metadata"].get("annotations", {}).get(GENERATION, "0"))
    if _is_newer(existing, generation):
        return None
    labels = {**config.get("container_labels", {}), "app": name, "toolhive": "true"}
    made = kube.apply(place, _stateful_set(config, labels, _template(pod, config, labels, existing, generation)), MANAGER)
    if config["transport"] != "stdio":
        for suffix, more in (("-headless", {"clusterIP": "None"}), ("", {"sessionAffinity": "ClientIP"})):
            service = _service(f"mcp-{name}{suffix}", config, labels, made)
            service["spec"] |= more
            kube.apply(path_of("services", namespace, f"mcp-{name}{suffix}", CORE), service, MANAGER)
    return name, made["metadata"]["generation"]


def is_ready(stateful_set, generation):
    """Whether a proxy that waits for this generation of its StatefulSet begins to serve."""
    wanted, status = stateful_set["spec"]["replicas"], stateful_set.get("status", {})
    return status.get("observedGeneration", 0) >= generation and status.get("updatedReplicas", 0) == wanted \
        and status.get("readyReplicas", 0) == wanted


def _is_newer(existing, generation):
    annotations = (existing or {}).get("spec", {}).get("template", {}).get("metadata", {}).get("annotations", {})
    return int(annotations.get(GENERATION, "0")) > generation > 0


def _template(pod, config, labels, existing, generation):
    """The pod patch from the proxy's arguments, with the container `mcp` filled from the run config."""
    arguments = pod["spec"]["containers"][0].get("args", [])
    patch = next((argument.split("=", 1)[1] for argument in arguments if argument.startswith("--k8s-pod-patch=")), "{}")
    template = copy.deepcopy(json.loads(patch))
    meta, spec = template.setdefault("metadata", {}), template.setdefault("spec", {})
    meta["labels"] = {**meta.get("labels", {}), **labels}
    kept = (existing or {}).get("spec", {}).get("template", {}).get("metadata", {}).get("annotations", {})
    meta["annotations"] = {**meta.get("annotations", {}), **({GENERATION: str(generation)} if generation else {}),
                           **({RESTARTED_AT: kept[RESTARTED_AT]} if RESTARTED_AT in kept else {})}
    containers = spec.setdefault("containers", [])
    server = next((one for one in containers if one["name"] == "mcp"), None)
    if server is None:
        server = {"name": "mcp"}
        containers.append(server)
    server["image"] = config["image"]
    server["args"] = server.get("args", []) + config.get("cmd_args", [])
    server["stdin"] = config["transport"] == "stdio"
    server["env"] = server.get("env", []) + [{"name": key, "value": value}
                                             for key, value in sorted(config.get("env_vars", {}).items())]
    return template


def _stateful_set(config, labels, template):
    name = config["name"]
    spec = {"selector": {"matchLabels": {"app": name}}, "serviceName": name, "template": template}
    replicas = config.get("scaling_config", {}).get("backend_replicas")
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name, "labels": labels}, "spec": spec}


def _service(name, config, labels, owner):
    port = config.get("target_port", 8080)
    return {"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": name, "labels": labels, "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": owner["metadata"]["name"],
                 "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}]},
            "spec": {"selector": {"app": config["name"]}, "type": "ClusterIP",
                     "ports": [{"name": f"port-{port}", "port": port, "targetPort": port, "protocol": "TCP"}]}}
