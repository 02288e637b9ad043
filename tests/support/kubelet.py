# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a node, for a control plane that has none. It is a fake of what cannot run where the tests run, and
of nothing else: it schedules pods, says of them what a kubelet says of running ones (or of such as fail, where a test
asks for that), serves the logs that a test writes, and, as the program in a proxy pod would, makes the StatefulSet of
the server (support/proxyrunner.py). API server, controllers and operator are the real ones and take it for real.

The continuous integration's job on kind runs the same tests with real nodes and pods: there THV_TEST_KUBECONFIG is
set, and nothing of this file is used."""

import http.client
import queue
import threading
import time
import traceback

from support import proxyrunner
from support.kube_api import KubeError, path_of
from support.kubelet_logs import LogServer, PodLogs

CORE, APPS = "/api/v1", "/apis/apps/v1"
STRATEGIC = "application/strategic-merge-patch+json"
UNSCHEDULABLE = "Unschedulable"
NODE = "stand-in"


def _now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _condition(kind, good, reason=None, message=None):
    return {"type": kind, "status": "True" if good else "False", "lastTransitionTime": _now(),
            **({"reason": reason, "message": message} if reason else {})}


def workload_of(pod):
    """The name of the server that a pod belongs to."""
    labels = pod["metadata"].get("labels", {})
    return labels.get("app.kubernetes.io/instance") or labels.get("app") or pod["metadata"]["name"]


class Kubelet:
    """Serves one cluster from `start()` to `close()`."""

    def __init__(self, cluster):
        self._kube = cluster.kube
        self._pods = {}  # (namespace, name) → the pod as last seen
        self._resume_at = 0
        self._starting = {}  # (namespace, name) → (StatefulSet, generation) that a proxy waits for
        self._troubles = {}  # (namespace, workload, container) → (reason, message)
        self._restarts = {}  # pod's uid → count
        self._events = queue.Queue()
        self._end_watch = None
        self._closing = False
        self.complaints = []
        self.logs = PodLogs()
        self._server = LogServer(self.logs, cluster.credentials.path("server.crt"), cluster.credentials.path("server.key"))
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._watch, self._work)]

    def start(self):
        self._make_node()
        for thread in self._threads:
            thread.start()
        return self

    def close(self):
        self._closing = True
        if self._end_watch:
            self._end_watch()
        self._events.put(None)
        for thread in self._threads:
            thread.join(20)
        self._server.close()
        assert not self.complaints, "\n".join(self.complaints)

    # What tests ask of it.

    def write(self, namespace, pod, container, text):
        """Lines that a container of a running pod writes."""
        self.logs.write(namespace, pod, container, text)

    def trouble(self, namespace, workload, container, reason, message="as the test wants it"):
        """Pods of this server whose container is called so (mcp, toolhive) get no further than the reason, from now
        on: ImagePullBackOff, CrashLoopBackOff, ContainerCreating or Unschedulable."""
        self._troubles[namespace, workload, container] = (reason, message)
        self._events.put(("look", (namespace, workload)))

    def heal(self, namespace, workload, container):
        self._troubles.pop((namespace, workload, container), None)
        self._events.put(("look", (namespace, workload)))

    def forget_trouble(self, namespace, workload, container):
        """New pods come up; those that are there stay as they are, as with an image that only they want."""
        self._troubles.pop((namespace, workload, container), None)

    def restart(self, namespace, pod, container):
        """The container ends and begins anew in its pod; the log of its former life is then the previous one."""
        self.logs.restart(namespace, pod, container)
        uid = self._pods[namespace, pod]["metadata"]["uid"]
        self._restarts[uid] = self._restarts.get(uid, 0) + 1
        self._events.put(("look", (namespace, workload_of(self._pods[namespace, pod]))))

    # Seeing pods.

    def _watch(self):
        while not self._closing:
            try:
                listing = self._kube.api("GET", f"{CORE}/pods")
                self._events.put(("all", listing["items"]))
                version = listing["metadata"]["resourceVersion"]
                for event in self._kube.watch(f"{CORE}/pods", version, self._set_end):
                    if event["type"] == "ERROR":
                        break
                    if event["type"] != "BOOKMARK":
                        self._events.put((event["type"], event["object"]))
            except (OSError, KubeError, http.client.HTTPException, ValueError):
                time.sleep(0.1)  # the API server is away; a test may have killed it

    def _set_end(self, end):
        self._end_watch = end
        if self._closing:
            end()

    def _work(self):
        while not self._closing:
            try:
                event = self._events.get(timeout=0.05 if self._starting else 1)
            except queue.Empty:
                event = ("tick", None)
            try:
                if event:
                    self._take(*event)
                self._start_proxies()
                self._resume()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                self._events.put(event)
            except KubeError as error:
                ends = error.status == 403 and "NamespaceTerminating" in str(error)
                if not ends and error.status not in (404, 409, 422, 429):  # gone or changed: the next event says so
                    self.complaints.append(traceback.format_exc())
            except Exception:
                self.complaints.append(traceback.format_exc())

    def _resume(self):
        """Goes on with what an answer of a busy API server has cut short: no event may come for it."""
        if time.monotonic() < self._resume_at:
            return
        self._resume_at = time.monotonic() + 2
        for pod in list(self._pods.values()):
            if "deletionTimestamp" in pod["metadata"] or not pod.get("status", {}).get("containerStatuses"):
                try:
                    self._see(pod)
                except KubeError:
                    pass  # it is looked at again

    def _take(self, kind, what):
        if kind == "all":
            known, self._pods = self._pods, {}
            for pod in what:
                self._see(pod)
            for key in known.keys() - self._pods.keys():
                self._forget(known[key])
        elif kind == "look":
            for pod in [pod for (namespace, _), pod in self._pods.items() if (namespace, workload_of(pod)) == what]:
                self._report(pod)
        elif kind == "DELETED":
            self._forget(what)
        elif kind in ("ADDED", "MODIFIED"):
            self._see(what)

    # Being the node.

    def _see(self, pod):
        meta = pod["metadata"]
        key = (meta["namespace"], meta["name"])
        self._pods[key] = pod
        if "deletionTimestamp" in meta:
            self._starting.pop(key, None)
            self.logs.end(*key, meta["uid"])
            self._kube.api("DELETE", path_of("pods", *key, CORE),
                           {"gracePeriodSeconds": 0, "preconditions": {"uid": meta["uid"]}})
        elif not pod["spec"].get("nodeName"):
            if self._trouble_of(pod)[0] == UNSCHEDULABLE:
                self._report(pod)
            else:
                self._kube.api("POST", path_of("pods", *key, CORE) + "/binding", {
                    "apiVersion": "v1", "kind": "Binding", "metadata": {"name": meta["name"]},
                    "target": {"apiVersion": "v1", "kind": "Node", "name": NODE}})
        elif not pod.get("status", {}).get("containerStatuses"):
            self._report(pod)

    def _forget(self, pod):
        meta = pod["metadata"]
        self._pods.pop((meta["namespace"], meta["name"]), None)
        self._starting.pop((meta["namespace"], meta["name"]), None)
        self.logs.end(meta["namespace"], meta["name"], meta["uid"])

    def _trouble_of(self, pod):
        for container in pod["spec"]["containers"]:
            found = self._troubles.get((pod["metadata"]["namespace"], workload_of(pod), container["name"]))
            if found:
                return found
        return None, None

    def _report(self, pod):
        """Writes the state that the pod has by now."""
        meta = pod["metadata"]
        key = (meta["namespace"], meta["name"])
        if "deletionTimestamp" in meta:
            return
        reason, message = self._trouble_of(pod)
        if reason == UNSCHEDULABLE or not pod["spec"].get("nodeName"):
            if reason == UNSCHEDULABLE:
                self._set_status(pod, {"conditions": [_condition("PodScheduled", False, reason, message)]})
            else:
                self._see(pod)
            return
        if reason and reason != "CrashLoopBackOff":
            self.logs.end(*key, meta["uid"])
        else:
            self.logs.begin(*key, meta["uid"])
        waits = False
        if not reason and proxyrunner.is_proxy(pod):
            waits = self._deploy(pod, key)
        self._set_status(pod, self._status(pod, reason, message, ready=not reason and not waits))

    def _deploy(self, pod, key):
        """Whether the proxy has something to wait for before it serves. It deploys once, at its start."""
        if pod.get("status", {}).get("containerStatuses", [{}])[0].get("state", {}).get("running"):
            return key in self._starting
        awaited = proxyrunner.deploy(self._kube, pod)
        if awaited:
            self._starting[key] = awaited
        return bool(awaited)

    def _start_proxies(self):
        for key, (name, generation) in list(self._starting.items()):
            stateful_set = self._kube.get(path_of("statefulsets", key[0], name, APPS))
            if stateful_set and proxyrunner.is_ready(stateful_set, generation):
                del self._starting[key]
                pod = self._pods[key]
                if not self._trouble_of(pod)[0]:
                    self._set_status(pod, self._status(pod, None, None, ready=True))

    def _status(self, pod, reason, message, ready):
        count = self._restarts.get(pod["metadata"]["uid"], 0) + (3 if reason == "CrashLoopBackOff" else 0)
        state = {"waiting": {"reason": reason, "message": message}, "running": None} if reason else \
            {"running": {"startedAt": _now()}, "waiting": None}
        last = {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": _now(), "finishedAt": _now()}}
        containers = [{"name": one["name"], "image": one["image"], "imageID": "", "ready": ready, "started": not reason,
                       "restartCount": count, "state": state, "lastState": last if count else {}}
                      for one in pod["spec"]["containers"]]
        unready = ("ContainersNotReady", "containers with unready status") if not ready else (None, None)
        return {"phase": "Running" if not reason or reason == "CrashLoopBackOff" else "Pending",
                "hostIP": "127.0.0.1", "podIP": "10.1.0.1", "podIPs": [{"ip": "10.1.0.1"}], "startTime": _now(),
                "containerStatuses": containers,
                "conditions": [_condition("Initialized", True), _condition("Ready", ready, *unready),
                               _condition("ContainersReady", ready, *unready)]}

    def _set_status(self, pod, status):
        meta = pod["metadata"]
        patch = {"metadata": {"uid": meta["uid"]}, "status": status}
        self._kube.api("PATCH", path_of("pods", meta["namespace"], meta["name"], CORE) + "/status", patch, STRATEGIC)

    def _make_node(self):
        self._kube.apply(f"{CORE}/nodes/{NODE}", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}},
                         "thv-tests")
        self._kube.api("PATCH", f"{CORE}/nodes/{NODE}/status", {"status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self._server.port}},
            "conditions": [_condition("Ready", True)]}}, STRATEGIC)
