#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The programs of a Kubernetes control plane and the operator that serves MCPServer resources, built from their Go
modules once for each machine. As a program it builds what is missing and prints the folder.

Where KUBEBUILDER_ASSETS names a folder with etcd, kube-apiserver and kubectl, those are used. kube-controller-manager
is not part of such a folder, and the operator never is: they are built then too."""

import glob
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from support import go_toolchain  # noqa: E402
from support.images import cache_folder  # noqa: E402

KUBERNETES = "v1.34.4"
ETCD = "v3.6.16"
OPERATOR = "v0.46.0"
TOOLHIVE = "github.com/stacklok/toolhive"
OPERATOR_MODULE = f"{TOOLHIVE}/cmd/thv-operator"
KUBERNETES_PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kubectl")
FLAGS = ["-trimpath", "-ldflags", "-s -w"]


def folder():
    """A folder with all the programs. Building them takes ten minutes on two cores, once."""
    place = os.path.join(cache_folder(), f"cluster-{KUBERNETES}-etcd-{ETCD}-operator-{OPERATOR}")
    with go_toolchain.exclusively("cluster"):
        os.makedirs(place, exist_ok=True)
        given = os.environ.get("KUBEBUILDER_ASSETS")
        for name in ("etcd", "kube-apiserver", "kubectl"):
            source = given and os.path.join(given, name)
            if source and os.path.exists(source) and not os.path.exists(os.path.join(place, name)):
                os.symlink(os.path.abspath(source), os.path.join(place, name))
        for build, names in ((_build_operator, ["thv-operator"]), (_build_etcd, ["etcd"]),
                             (_build_kubernetes, KUBERNETES_PROGRAMS)):
            missing = [name for name in names if not os.path.exists(os.path.join(place, name))]
            if missing:
                with tempfile.TemporaryDirectory(dir=cache_folder()) as work:
                    build(work, missing)
                    for name in missing:
                        os.replace(os.path.join(work, name), os.path.join(place, name))
    return place


def crd_files():
    """The custom resource definitions that belong to the operator's version."""
    root = go_toolchain.module_folder(f"{TOOLHIVE}@{OPERATOR}")
    files = sorted(glob.glob(os.path.join(root, "deploy/charts/operator-crds/files/crds/*.yaml")))
    assert files, f"no custom resource definitions in {root}"
    return files


def _build_operator(work, _):
    go_toolchain.run_go(["install", *FLAGS, f"{OPERATOR_MODULE}@{OPERATOR}"], GOBIN=work)


def _build_etcd(work, _):
    _module(work, "etcd", [("go.etcd.io/etcd/server/v3", ETCD)])
    with open(os.path.join(work, "main.go"), "w") as file:
        file.write('package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\n'
                   "func main() { etcdmain.Main(os.Args) }\n")
    go_toolchain.run_go(["build", *FLAGS, "-o", "etcd", "."], work)


def _build_kubernetes(work, missing):
    """Its libraries are published as modules of their own, which its go.mod replaces by folders that the module
    does not carry: replaced here by the modules of the same release."""
    source = go_toolchain.module_folder(f"k8s.io/kubernetes@{KUBERNETES}")
    with open(os.path.join(source, "go.mod")) as file:
        libraries = re.findall(r"^\s*(k8s\.io/\S+) => \./staging", file.read(), re.MULTILINE)
    assert libraries, f"{source}/go.mod names no staging modules"
    library_version = "v0." + KUBERNETES.split(".", 1)[1]
    _module(work, "kubernetes", [("k8s.io/kubernetes", KUBERNETES)],
            [f"{library} => {library} {library_version}" for library in libraries])
    packages = [f"k8s.io/kubernetes/cmd/{name}" for name in missing]
    go_toolchain.run_go(["build", *FLAGS, "-o", work + "/", *packages], work)


def _module(work, name, requirements, replacements=()):
    lines = [f"module thv.test/{name}", "go 1.24.0", *(f"require {module} {version}" for module, version in requirements),
             *(f"replace {replacement}" for replacement in replacements)]
    with open(os.path.join(work, "go.mod"), "w") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    print(folder())
