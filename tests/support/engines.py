# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Container engines of the tests' own: a real podman or dockerd on a socket in a temporary folder, with its own storage
and its own bridge, which leaves nothing behind. A missing engine is a failure, never a skip."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

from support import engine_api, processes
from support.engine_api import EngineError
from support.ports import free_port
from support.waiting import wait_until

REGISTRIES_CONF = """\
unqualified-search-registries = []
[[registry]]
location = "127.0.0.1:{port}"
insecure = true
"""

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=30000:30000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
default_network = "{network}"
"""


class Engine:
    """What the two engines have in common."""

    kind = ""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix=f"thv-{self.kind}-", dir="/tmp")
        self.socket = os.path.join(self.folder, f"{self.kind}.sock")
        self.log = os.path.join(self.folder, "log")
        self.bridge = "thv" + self.folder[-8:].replace("_", "x")
        self.registry_port = free_port()  # a registry of the test's own may be there; the engine then uses plain HTTP
        self.process = None

    # Starting and stopping.

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self._command(), env=self._environment(), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        wait_until(self._answers, f"{self.kind} answers on its socket (log: {self.log})", seconds=60)

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.kind} ended with {self.process.returncode}: {self._log_tail()}")
        try:
            return self.request("GET", "/_ping", timeout=2)[0] == 200
        except OSError:
            return False

    def _log_tail(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-2000:]

    def kill(self):
        """As a crash of the engine would have it: SIGKILL to the service alone."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Stops the service and leaves its storage; containers end with it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def close(self):
        """Stops everything and removes every trace."""
        if self.process and self.process.poll() is None:
            try:
                self.remove_all_containers()
                self.request("POST", "/networks/prune")  # their bridges would outlive the engine
            except (OSError, EngineError):
                pass  # what is left is killed below
        self.stop()
        processes.kill_all(lambda: processes.with_argument_containing(self.folder))
        self._unmount()
        subprocess.run(["ip", "link", "delete", self.bridge], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.folder)

    def _unmount(self):
        with open("/proc/self/mounts") as mounts:
            points = [line.split()[1] for line in mounts if self.folder in line.split()[1]]
        for point in sorted(points, reverse=True):
            subprocess.run(["umount", "--lazy", point], check=False)

    # The API.

    def request(self, method, path, body=None, timeout=60):
        """Returns (status, bytes)."""
        return engine_api.request(self.socket, method, path, body, timeout)

    def api(self, method, path, body=None, timeout=60):
        """The parsed answer; raises EngineError for anything but a success."""
        encoded = json.dumps(body).encode() if body is not None else None
        status, answer = self.request(method, path, encoded, timeout)
        if status >= 400:
            raise EngineError(status, answer)
        return json.loads(answer) if answer.strip() else None

    def load(self, archive):
        """Loads an image archive (a path)."""
        engine_api.load(self.socket, archive)

    def containers(self, all=True):
        """name → what the list says of it."""
        found = self.api("GET", f"/containers/json?all={'true' if all else 'false'}") or []
        return {container["Names"][0].lstrip("/"): container for container in found}

    def inspect(self, name):
        return self.api("GET", f"/containers/{urllib.parse.quote(name)}/json")

    def pid(self, name):
        """The process id of a running container's first process, on the host."""
        return self.inspect(name)["State"]["Pid"]

    def kill_container(self, name):
        """SIGKILL to what runs in it; that nothing does is fine."""
        if (pid := self.pid(name)):
            processes.kill(pid)
            wait_until(lambda: not processes.alive(pid), f"the container {name} has ended")

    def remove(self, name):
        wait_until(lambda: self._remove(name), f"the container {name} is removed")

    def _remove(self, name):
        """False while it is just ending, when Podman cannot stop it any more and cannot remove it yet."""
        status, answer = self.request("DELETE", f"/containers/{urllib.parse.quote(name)}?force=true&v=true")
        if status == 500 and b"container state improper" in answer:
            return False
        if status >= 400 and status != 404:
            raise EngineError(status, answer)
        return True

    def remove_all_containers(self):
        for name in self.containers():
            self.remove(name)

    def create(self, name, image, labels=None, command=None):
        """Creates a container that is none of thv's, and starts it."""
        body = {"Image": image, "OpenStdin": True, "Labels": labels or {}, "Cmd": command or [],
                "HostConfig": {"Ulimits": [{"Name": name, "Soft": 1024, "Hard": 1024} for name in ("nofile", "nproc")]}}
        made = self.api("POST", f"/containers/create?name={name}", body)
        self.api("POST", f"/containers/{made['Id']}/start")
        return made["Id"]

    def ask(self, *words):
        """What the engine's own program prints."""
        child = subprocess.run([*self.command_line(), *words], env=self._environment(), capture_output=True, text=True,
                               timeout=60, check=False)
        assert child.returncode == 0, child.stderr
        return child.stdout

    # What the kinds must say.

    def command_line(self):
        """The beginning of any command of the engine's own program that speaks of this engine."""
        raise NotImplementedError

    def _command(self):
        raise NotImplementedError

    def _environment(self):
        return {**os.environ, "TMPDIR": self.folder}

    def environment(self):
        """The variables that point thv at this engine."""
        return {f"TOOLHIVE_{self.kind.upper()}_SOCKET": self.socket}


class Podman(Engine):
    kind = "podman"

    def __init__(self):
        super().__init__()
        os.makedirs(os.path.join(self.folder, "networks"))
        with open(os.path.join(self.folder, "containers.conf"), "w") as file:
            # netavark names its chains by the network, and one engine's last container would take another's away.
            file.write(CONTAINERS_CONF.format(network=self.bridge))
        with open(os.path.join(self.folder, "registries.conf"), "w") as file:
            file.write(REGISTRIES_CONF.format(port=self.registry_port))
        third = int.from_bytes(os.urandom(1), "big")
        network = {"name": self.bridge, "id": os.urandom(32).hex(), "driver": "bridge", "network_interface": self.bridge,
                   "created": "2026-01-01T00:00:00Z",
                   "subnets": [{"subnet": f"10.188.{third}.0/24", "gateway": f"10.188.{third}.1"}],
                   "ipv6_enabled": False, "internal": False, "dns_enabled": False,
                   "ipam_options": {"driver": "host-local"}}
        with open(os.path.join(self.folder, "networks", f"{self.bridge}.json"), "w") as file:
            json.dump(network, file)

    def command_line(self):
        return ["podman", "--root", f"{self.folder}/root", "--runroot", f"{self.folder}/run",
                "--tmpdir", f"{self.folder}/tmp", "--network-config-dir", f"{self.folder}/networks",
                "--log-level", "error"]

    def _command(self):
        return [*self.command_line(), "system", "service", "--time=0", f"unix://{self.socket}"]

    def _environment(self):
        return {**super()._environment(), "CONTAINERS_CONF": os.path.join(self.folder, "containers.conf"),
                "CONTAINERS_REGISTRIES_CONF": os.path.join(self.folder, "registries.conf")}

    def lose(self, name):
        """As a kill at the wrong moment leaves it: Podman knows the container, and its storage does not."""
        self._lose("containers", self.inspect(name)["Id"])

    def lose_layer(self, name):
        """As another kill leaves it: the storage knows the container, too, but no layer of it."""
        self._lose("layers", *(stored["layer"] for stored in self._stored() if name in stored["names"]))

    def _lose(self, kind, identifier):
        self.kill()
        kept = [entry for entry in self._stored(kind) if entry["id"] != identifier]
        with open(self._storage_index(kind), "w") as file:
            json.dump(kept, file)
        self.start()

    def _storage_index(self, kind):
        return os.path.join(self.folder, "root", f"overlay-{kind}", f"{kind}.json")

    def _stored(self, kind="containers"):
        try:
            with open(self._storage_index(kind)) as file:
                return json.load(file)
        except FileNotFoundError:
            return []

    def stores(self, name):
        """Whether the storage has a container of that name, which Podman may not know yet, or no more."""
        return any(name in container["names"] for container in self._stored())

    def mounts(self, container_id):
        """Whether something of that container is mounted."""
        with open("/proc/self/mounts") as mounts:
            return container_id in mounts.read()

    def killed_during(self, method, path, body, moment):
        """Kills the service as soon as a request to it has brought about `moment`, and starts it again."""
        def ask():
            try:
                self.request(method, path, json.dumps(body).encode() if body else None)
            except (OSError, http.client.HTTPException):
                pass  # what it was killed for
        request = threading.Thread(target=ask)
        request.start()
        while request.is_alive() and not moment():
            pass  # without a pause: it does not last
        self.kill()
        self.start()
        request.join()

    def containers(self, all=True):
        """As of any engine, and also of those that Podman has begun to remove, for which it refuses its other list."""
        found = self.api("GET", f"/v4.0.0/libpod/containers/json?all={'true' if all else 'false'}") or []
        return {container["Names"][0]: container for container in found}

    def stop(self):
        super().stop()
        # The service is only a door: containers run on behind it, each under a conmon of its own.
        processes.kill_all(lambda: processes.with_argument_containing(self.folder))


class Docker(Engine):
    kind = "docker"

    def __init__(self):
        super().__init__()
        third = int.from_bytes(os.urandom(1), "big")
        subprocess.run(["ip", "link", "add", self.bridge, "type", "bridge"], check=True)
        subprocess.run(["ip", "address", "add", f"10.189.{third}.1/24", "dev", self.bridge], check=True)
        subprocess.run(["ip", "link", "set", self.bridge, "up"], check=True)

    def command_line(self):
        return ["docker", "--host", f"unix://{self.socket}"]

    def _command(self):
        # Rules of its own would be shared with any other dockerd of this machine; its proxy serves published ports.
        return ["dockerd", "--host", f"unix://{self.socket}", "--data-root", f"{self.folder}/data",
                "--exec-root", f"{self.folder}/exec", "--pidfile", f"{self.folder}/pid", "--bridge", self.bridge,
                # The usual pool has room for some thirty networks of all engines together.
                "--default-address-pool", "base=10.190.0.0/16,size=24",
                "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--log-level", "error"]

    def lose(self, name):
        """Docker keeps all that it knows of a container in one folder."""
        lost = self.inspect(name)["Id"]
        self.kill()
        shutil.rmtree(os.path.join(self.folder, "data", "containers", lost))
        self.start()

    def kill(self):
        super().kill()
        # Its containerd dies with it, the containers do not. A process 1 that does not reap keeps the pids in use.
        for name in ("pid", "exec/containerd/containerd.pid"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                os.unlink(path)


KINDS = {"podman": Podman, "docker": Docker}


def start(kind):
    """A running engine; the caller closes it."""
    engine = KINDS[kind]()
    try:
        engine.start()
    except BaseException:
        engine.close()
        raise
    return engine
