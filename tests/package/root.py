# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A Debian that was installed a moment ago: a root file system of mmdebstrap's with processes, mounts, a name and a
network of its own, all of which end with it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from support import images  # noqa: E402
from support.screen import Screen  # noqa: E402
from support.waiting import wait_until  # noqa: E402

WEEK = 7 * 24 * 3600
# What most machines have before anything is installed for thv.
USUAL = ("man-db", "bash-completion", "ca-certificates", "runc")
# Containers in a container, as in CI, have no right to raise limits, and crun does not take every layout of cgroups.
NESTED = """\
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def archive(suite):
    """A root file system in a tar file, made once a week."""
    path = os.path.join(images.cache_folder(), f"root-{suite}.tar")
    if not os.path.exists(path) or time.time() - os.path.getmtime(path) > WEEK:
        part = f"{path}.{os.getpid()}.tar"
        made = subprocess.run(["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(USUAL)}", suite, part],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert made.returncode == 0, f"mmdebstrap makes no {suite}: {made.stderr[-2000:]}"
        os.replace(part, path)
    return path


class FreshRoot:
    """Needs root. `folder` is its root folder, as this machine sees it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="thv-package-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        # Bash, because the first process has to wait for those that lose their parents.
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child", "bash", "-c",
             "hostname debian && ip link set lo up && echo ready && sleep infinity; :"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "ready\n", "there are no namespaces; is this root?"
        with open(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children") as children:
            self.first = children.read().split()[0]

    def unpack(self, suite):
        subprocess.run(["tar", "--extract", "--file", archive(suite), "--directory", self.folder], check=True)

    def fill_with_busybox(self):
        """Nothing but one static program under the names of many."""
        for folder in ("bin", "etc", "root", "tmp"):
            os.mkdir(os.path.join(self.folder, folder))
        shutil.copy("/bin/busybox", os.path.join(self.folder, "bin"))
        for name in subprocess.run(["/bin/busybox", "--list"], capture_output=True, text=True, check=True).stdout.split():
            if name != "busybox":
                os.symlink("busybox", os.path.join(self.folder, "bin", name))

    def mount(self):
        """What the kernel shows, in the root file system, which becomes a mount as the root of every machine is."""
        subprocess.run([*self._entering("--net"), "mount", "--bind", self.folder, self.folder], check=True)
        for place, *how in (("proc", "--types", "proc", "proc"), ("sys", "--rbind", "/sys"), ("dev", "--rbind", "/dev"),
                            ("run", "--types", "tmpfs", "tmpfs")):
            os.makedirs(os.path.join(self.folder, place), exist_ok=True)
            subprocess.run([*self._entering("--net"), "mount", *how, os.path.join(self.folder, place)], check=True)

    def use_resolver_of_this_machine(self):
        """Instead of one that a package has named, and that does not run."""
        path = os.path.join(self.folder, "etc/resolv.conf")
        if os.path.lexists(path):
            os.unlink(path)
        shutil.copy("/etc/resolv.conf", path)

    def _entering(self, *more):
        return ["nsenter", "--target", self.first, "--mount", "--pid", "--uts", "--ipc", *more]

    def command(self, *words, online=False):
        """The words of a command that runs inside; `online`: in the network of this machine instead of none."""
        variables = ["HOME=/root", "PATH=/root/.local/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                     "DEBIAN_FRONTEND=noninteractive", "MANWIDTH=80", "PODMAN_IGNORE_CGROUPSV1_WARNING=1"]
        return [*self._entering(*([] if online else ["--net"])), "chroot", self.folder, "env", "-i", *variables, *words]

    def run(self, line, online=False, seconds=900):
        """(exit code, what is on the terminal) of a command line."""
        done = subprocess.run(self.command("TERM=dumb", "sh", "-c", f"cd; {line}", online=online), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, check=False)
        return done.returncode, done.stdout.rstrip("\n")

    def press(self, text, *keys, until):
        """The screen of a bash as a user has it, when these keys have been pressed and it shows `until`."""
        bash = self.command("TERM=screen", "sh", "-c", "cd; exec bash --rcfile /etc/skel/.bashrc -i")
        with contextlib.closing(Screen(bash, {"PATH": os.environ["PATH"]}, columns=100, rows=30)) as screen:
            screen.wait(lambda: screen.text().rstrip().endswith("#"), "bash shows its prompt", seconds=60)
            screen.type(text)
            screen.press(*keys)
            screen.wait(lambda: until in screen.text(), f"the screen shows '{until}'", seconds=30)
            return screen.text().rstrip()

    def close(self):
        self.holder.kill()  # everything that runs inside ends with it, and so do the mounts
        self.holder.wait()
        self.holder.stdout.close()
        wait_until(lambda: not os.path.exists(f"/proc/{self.first}"), "what runs inside has ended", seconds=60)
        subprocess.run(["rm", "--recursive", "--force", "--one-file-system", self.folder], check=True)
