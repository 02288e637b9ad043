# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A Kubernetes control plane of the tests' own: etcd, API server, controller manager and the operator, all real, on
ports of their own in a temporary folder. There are no nodes; support/kubelet.py stands in for one.

Where THV_TEST_KUBECONFIG names the kubeconfig of a whole cluster with the operator, `start()` gives that one."""

import os
import secrets
import shutil
import signal
import ssl
import subprocess
import tempfile
import urllib.request

from support import cluster_credentials, cluster_programs, processes
from support.cluster_credentials import Credentials, kubeconfig
from support.kube_api import KubeApi, path_of
from support.ports import free_port
from support.waiting import wait_until

CONTROLLERS = ("deployment-controller", "replicaset-controller", "statefulset-controller",
               "garbage-collector-controller", "namespace-controller")
RBAC = "/apis/rbac.authorization.k8s.io/v1"


class AnyCluster:
    """What tests need of a cluster, whoever has started it."""

    stands_alone = False  # whether it is a control plane without nodes

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="thv-cluster-", dir="/tmp")
        self.kube = None
        self.server = ""
        self.authority = {}  # what a kubeconfig says of whom to trust

    def api(self, method, path, body=None, content_type="application/json"):
        """The parsed answer to a request as administrator."""
        return self.kube.api(method, path, body, content_type)

    def kubectl(self, *arguments, stdin=None):
        """What kubectl printed as administrator; it must succeed."""
        result = subprocess.run([self.kubectl_program(), "--kubeconfig", self.kubeconfig("admin"), *arguments],
                                input=stdin, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, f"kubectl {' '.join(arguments)}: {result.stderr}"
        return result.stdout

    def kubectl_program(self):
        return shutil.which("kubectl")

    def kubeconfig(self, user="thv-editor", namespace="default"):
        """Path of a kubeconfig of: admin, thv-editor, thv-reader or thv-nobody."""
        path = os.path.join(self.folder, f"{user}.{namespace}.kubeconfig")
        if not os.path.exists(path):
            text = kubeconfig(self.server, self.authority, self.user(user), namespace)
            self.write_kubeconfig(os.path.basename(path), text)
        return path

    def user(self, name):
        """What a kubeconfig says of the user: how to log in."""
        raise NotImplementedError

    def write_kubeconfig(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def make_namespace(self, prefix="t"):
        """A namespace of a fresh name; returns the name."""
        name = f"{prefix}-{secrets.token_hex(4)}"
        self.api("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        return name

    def make_roles(self, kind_of_subject="User", namespace=None):
        """Lets the users of support/cluster_credentials.py do what is said there."""
        for user, rules in cluster_credentials.USERS.items():
            subject = {"kind": kind_of_subject, "name": user}
            subject |= {"namespace": namespace} if namespace else {"apiGroup": "rbac.authorization.k8s.io"}
            meta = {"name": user}
            self.kube.apply(f"{RBAC}/clusterroles/{user}", {
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": meta,
                "rules": rules}, "thv-tests")
            self.kube.apply(f"{RBAC}/clusterrolebindings/{user}", {
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": meta,
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
                "subjects": [subject]}, "thv-tests")


class Cluster(AnyCluster):
    """A control plane of the test's own. Every part can be killed and started by itself."""

    stands_alone = True

    def __init__(self, crds=True, operator=True, api_flags=()):
        super().__init__()
        self.programs = cluster_programs.folder()
        self.api_port, self.etcd_port = free_port(), free_port()
        self.server = f"https://127.0.0.1:{self.api_port}"
        self._with = (crds, operator, api_flags)
        self._running = {}
        self.credentials = Credentials(self.folder)
        self.tls = ssl.create_default_context(cafile=self.credentials.path("ca.crt"))
        self.tls.load_cert_chain(self.credentials.path("admin.crt"), self.credentials.path("admin.key"))
        self.kube = KubeApi(self.server, self.tls)
        self.authority = {"certificate-authority": self.credentials.path("ca.crt")}

    # Starting and stopping.

    def start(self):
        crds, operator, api_flags = self._with
        self.start_etcd()
        self.start_api_server(*api_flags)
        self.make_roles()
        if crds:
            self.install_crds()
        self.start_controllers()
        if operator:
            self.start_operator()
        return self

    def start_etcd(self):
        peer = f"http://127.0.0.1:{free_port()}"
        own = f"http://127.0.0.1:{self.etcd_port}"
        self._spawn("etcd", "--data-dir", os.path.join(self.folder, "etcd"), "--unsafe-no-fsync", "--name", "test",
                    "--listen-client-urls", own, "--advertise-client-urls", own, "--listen-peer-urls", peer,
                    "--initial-advertise-peer-urls", peer, "--initial-cluster", f"test={peer}", "--log-level", "error")

    def start_api_server(self, *flags):
        """Returns when it is ready. `flags`: more of them."""
        path = self.credentials.path
        self._spawn(
            "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{self.etcd_port}", "--bind-address=127.0.0.1",
            f"--secure-port={self.api_port}", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.0.0.0/16", f"--tls-cert-file={path('server.crt')}",
            f"--tls-private-key-file={path('server.key')}", f"--client-ca-file={path('ca.crt')}",
            f"--token-auth-file={path('tokens.csv')}", "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={path('accounts.pub')}",
            f"--service-account-signing-key-file={path('accounts.key')}", "--disable-admission-plugins=ServiceAccount",
            "--kubelet-preferred-address-types=InternalIP", *flags)
        wait_until(lambda: self._ready("kube-apiserver"), "the API server is ready", seconds=90, pause=0.05)

    def start_controllers(self):
        self._spawn("kube-controller-manager", f"--kubeconfig={self.kubeconfig('admin')}", "--leader-elect=false",
                    "--secure-port=0", f"--controllers={','.join(CONTROLLERS)}", "--kube-api-qps=200",
                    "--kube-api-burst=400")

    def start_operator(self):
        """Returns when it says that it is ready."""
        port = free_port()
        self._spawn("thv-operator", "--metrics-bind-address=0", f"--health-probe-bind-address=127.0.0.1:{port}",
                    KUBECONFIG=self.kubeconfig("admin"), TOOLHIVE_SKIP_UPDATE_CHECK="true", HOME=self.folder)
        wait_until(lambda: self._says_ok("thv-operator", f"http://127.0.0.1:{port}/readyz"), "the operator is ready", 60)

    def kill_api_server(self):
        """As a crash would have it."""
        self._end("kube-apiserver", signal.SIGKILL)

    def kill_etcd(self):
        self._end("etcd", signal.SIGKILL)

    def stop_operator(self):
        self._end("thv-operator", signal.SIGTERM)

    def user(self, name):
        return self.credentials.user(name)

    def close(self):
        """Stops everything and removes every trace."""
        for name in reversed(list(self._running)):
            self._end(name, signal.SIGKILL)
        processes.kill_all(lambda: processes.with_argument_containing(self.folder))
        shutil.rmtree(self.folder)

    def _spawn(self, name, *arguments, **variables):
        # A run of the tests that is killed takes its control plane with it.
        command = ["setpriv", "--pdeathsig", "KILL", os.path.join(self.programs, name), *arguments]
        with open(os.path.join(self.folder, f"{name}.log"), "ab") as log:
            self._running[name] = subprocess.Popen(command, env={**os.environ, **variables}, stdin=subprocess.DEVNULL,
                                                   stdout=log, stderr=log, start_new_session=True)

    def _end(self, name, number):
        process = self._running.pop(name)
        process.send_signal(number)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _alive(self, name):
        process = self._running[name]
        if process.poll() is not None:
            with open(os.path.join(self.folder, f"{name}.log"), errors="replace") as log:
                raise AssertionError(f"{name} ended with {process.returncode}: {log.read()[-2000:]}")

    def _ready(self, name):
        self._alive("etcd")
        self._alive(name)
        try:
            return self.kube.request("GET", "/readyz")[0] == 200 and \
                self.kube.get("/api/v1/namespaces/default") is not None
        except OSError:
            return False

    def _says_ok(self, name, url):
        self._alive(name)
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    # What else tests do to it.

    def kubectl_program(self):
        return os.path.join(self.programs, "kubectl")

    def install_crds(self):
        files = [part for path in cluster_programs.crd_files() for part in ("-f", path)]
        self.kubectl("apply", "--server-side", "--field-manager=thv-tests", *files)
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")

    def compact(self):
        """Makes etcd forget everything before now, so that old list pages and watches are gone."""
        newest = self.api("GET", path_of("pods", group="/api/v1") + "?limit=1")["metadata"]["resourceVersion"]
        body = b'{"revision":"%s","physical":true}' % newest.encode()
        url = f"http://127.0.0.1:{self.etcd_port}/v3/kv/compaction"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200


def start(**options):
    """The cluster to test on."""
    given = os.environ.get("THV_TEST_KUBECONFIG")
    if given:
        from support.given_cluster import GivenCluster
        return GivenCluster(given)
    cluster = Cluster(**options)
    try:
        return cluster.start()
    except BaseException:
        cluster.close()
        raise
