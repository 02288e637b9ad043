# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The certificates, tokens and kubeconfigs of a test's own control plane, made by the openssl program."""

import base64
import os
import secrets
import subprocess

EXTENSIONS = "basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc\n"

# What a person of each kind may do. thv-editor is somebody who manages servers with thv, and no cluster administrator.
READ = ["get", "list", "watch"]
TOOLHIVE = "toolhive.stacklok.dev"
EDITOR_RULES = [
    {"apiGroups": [TOOLHIVE], "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["pods", "pods/log", "services", "configmaps", "secrets", "events"], "verbs": READ},
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]},
    {"apiGroups": ["apps"], "resources": ["deployments", "replicasets"], "verbs": READ},
    {"apiGroups": ["apps"], "resources": ["statefulsets", "statefulsets/scale"],
     "verbs": READ + ["update", "patch", "delete"]},
    {"apiGroups": ["apiextensions.k8s.io"], "resources": ["customresourcedefinitions"], "verbs": READ},
]
READER_RULES = [
    {"apiGroups": [TOOLHIVE], "resources": ["*"], "verbs": READ},
    {"apiGroups": [""], "resources": ["pods", "pods/log", "services"], "verbs": READ},
    {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": READ},
]
USERS = {"thv-editor": EDITOR_RULES, "thv-reader": READER_RULES, "thv-nobody": []}


def openssl(*arguments, folder):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)


class Credentials:
    """A certificate authority in a folder, and what it has signed."""

    def __init__(self, folder):
        self.folder = folder
        self.tokens = {user: secrets.token_hex(16) for user in USERS}
        with open(self.path("extensions"), "w") as file:
            file.write(EXTENSIONS)
        self.authority("ca")
        self.sign("server", "/CN=kube-apiserver")
        self.sign("admin", "/O=system:masters/CN=thv-admin")
        openssl("genrsa", "-out", "accounts.key", "2048", folder=folder)
        openssl("rsa", "-in", "accounts.key", "-pubout", "-out", "accounts.pub", folder=folder)
        with open(self.path("tokens.csv"), "w") as file:
            file.writelines(f"{token},{user},{user}\n" for user, token in self.tokens.items())

    def path(self, name):
        return os.path.join(self.folder, name)

    def authority(self, name):
        """A self-signed authority; `name`.crt, `name`.key."""
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN=thv test {name}", folder=self.folder)

    def sign(self, name, subject, days=2, authority="ca"):
        """A key and a certificate by the authority, good for both ends. Negative days make one that has expired."""
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                "-out", f"{name}.csr", "-subj", subject, folder=self.folder)
        period = ["-days", str(days)]
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
                "-CAcreateserial", "-out", f"{name}.crt", "-extfile", "extensions", *period, folder=self.folder)

    def data(self, name):
        """A file's content as kubeconfigs carry it."""
        with open(self.path(name), "rb") as file:
            return base64.b64encode(file.read()).decode()

    def admin(self):
        return {"client-certificate": self.path("admin.crt"), "client-key": self.path("admin.key")}

    def user(self, name):
        return self.admin() if name == "admin" else {"token": self.tokens[name]}


def yaml(value, indent=0):
    """A value as YAML in block style, as kubectl writes kubeconfigs."""
    space = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{space}{key}:{_after_key(item, indent)}" for key, item in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{space}- {yaml(item, indent + 1).lstrip()}" for item in value)
    return f"{space}{_scalar(value)}\n"


def _after_key(value, indent):
    if isinstance(value, dict) and value:
        return "\n" + yaml(value, indent + 1)
    if isinstance(value, list) and value:
        return "\n" + yaml(value, indent)
    return f" {_scalar(value)}\n"


def _scalar(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, int):
        return str(value)
    plain = value and value[0].isalnum() and all(letter.isalnum() or letter in "-_./" for letter in value)
    return value if plain and not value[0].isdigit() else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def kubeconfig(server, authority, user, namespace="default", context="test"):
    """The text of a kubeconfig. `authority`: what the cluster entry says of trust; `user`: what the user entry says."""
    return yaml({
        "apiVersion": "v1", "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": server, **authority}}],
        "users": [{"name": "test", "user": user}],
        "contexts": [{"name": context, "context": {"cluster": "test", "user": "test", "namespace": namespace}}],
        "current-context": context,
    })
