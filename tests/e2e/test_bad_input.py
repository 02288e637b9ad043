# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Flags and files that are wrong: the message names what is wrong, where it is, and what helps; and nothing is made."""

import os

import pytest

from support.images import FIXTURE
from support.thv import Thv

MIB = 1 << 20


@pytest.fixture
def thv():
    """Somebody without an engine: what is wrong with what was typed is told before one is looked for."""
    user = Thv()
    user.environment |= {"TOOLHIVE_DOCKER_SOCKET": "/nonexistent.sock", "TOOLHIVE_RUNTIME": "docker"}
    yield user
    assert user.run_configs() == []
    user.close()


def refused(thv, *flags, code=2):
    return thv.fail(code, "run", "--transport", "stdio", "--name", "bad", *flags, FIXTURE)


def written(thv, name, content):
    """The path of a file with this text (or these bytes) in the user's HOME."""
    path = os.path.join(thv.home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path


GRAMMAR = "use SOURCE:TARGET[:ro|:rw]"


@pytest.mark.parametrize("volume, complaint", [
    ("/nowhere/at/all:/x", "--volume: there is no '/nowhere/at/all'"),
    ("./missing:/x", "--volume: there is no '{home}/missing'"),
    ("{home}/../{nothing}:/x", "--volume: there is no '/tmp/{nothing}'"),
    ("/etc", f"--volume: '/etc' is not a volume: it names no target\n{GRAMMAR}"),
    ("/etc:", f"--volume: '/etc:' is not a volume: its target is not an absolute path\n{GRAMMAR}"),
    ("/etc:data", f"--volume: '/etc:data' is not a volume: its target is not an absolute path\n{GRAMMAR}"),
    ("/etc:../data", f"--volume: '/etc:../data' is not a volume: its target is not an absolute path\n{GRAMMAR}"),
    ("/etc:/", f"--volume: '/etc:/' is not a volume: its target is the container's root\n{GRAMMAR}"),
    ("/etc:/a/../..", f"--volume: '/etc:/a/../..' is not a volume: its target is the container's root\n{GRAMMAR}"),
    (":/x", f"--volume: ':/x' is not a volume: its source is empty\n{GRAMMAR}"),
    ("/etc:/x:rx", f"--volume: '/etc:/x:rx' is not a volume: after the target only 'ro' or 'rw' may follow\n{GRAMMAR}"),
    ("/etc:/x:ro:z",
     f"--volume: '/etc:/x:ro:z' is not a volume: after the target only 'ro' or 'rw' may follow\n{GRAMMAR}"),
    ("/etc:/a b\n", "--volume: a volume must not contain a NUL or a newline"),
    ("/etc:/$x", "--volume: '/etc:/$x' contains one of $ & ; | `"),
])
def test_a_volume_that_is_none_is_quoted_with_the_reason(thv, volume, complaint):
    words = {"home": thv.home, "nothing": os.path.basename(thv.home) + "-nothing"}
    assert refused(thv, "-v", volume.format(**words)) == f"Error: {complaint.format(**words)}\n"


@pytest.mark.parametrize("second", ["/usr:/a", "/usr:/a/", "/usr:/b/../a", "/etc:/a:ro"])
def test_two_volumes_with_one_target_are_refused(thv, second):
    assert refused(thv, "-v", "/etc:/a", "-v", second) == "Error: --volume: two volumes have the target '/a'\n"


@pytest.mark.parametrize("tmpfs, complaint", [
    ("scratch", "its path is not an absolute one below the root"), ("/", "its path is not an absolute one below the root"),
    ("/x:suid", "there is no option 'suid'")])
def test_a_tmpfs_that_is_none_is_quoted_with_the_reason(thv, tmpfs, complaint):
    assert refused(thv, "--tmpfs", tmpfs) == \
        f"Error: --tmpfs: '{tmpfs}' is no tmpfs: {complaint}\nwrite it as /path or /path:size=64m\n"


@pytest.mark.parametrize("label, hint", [
    ("=x", "at most 63 letters"), ("team", "write it as KEY=VALUE"), ("", "write it as KEY=VALUE"),
    ("k=" + 64 * "v", "at most 63 letters"), (64 * "k" + "=v", "at most 63 letters"), ("a=b=c", "at most 63 letters"),
    ("a b=c", "at most 63 letters")], ids=["no key", "no value", "empty", "long value", "long key", "two", "space"])
def test_a_label_that_is_none_is_quoted_with_the_rule(thv, label, hint):
    first, rule = refused(thv, "-l", label).splitlines()
    assert first == f"Error: --label: invalid label '{label}'" and hint in rule


@pytest.mark.parametrize("key", ["toolhive", "toolhive-name", "toolhive-auxiliary-workload", "thv-update-of"])
def test_labels_by_which_thv_knows_its_containers_cannot_be_given(thv, key):
    assert refused(thv, "-l", f"{key}=x") == \
        f"Error: --label: '{key}' is set by thv itself\nchoose a key that does not begin with 'toolhive-' or 'thv-'\n"


@pytest.mark.parametrize("variable", ["", "=hush", "A B=hush", "A\tB=hush", " A=hush", "A\n=hush"], ids=ascii)
def test_a_variable_without_a_usable_name_is_refused_and_its_value_not_shown(thv, variable):
    assert refused(thv, "-e", variable) == ("Error: --env: a variable has no usable name\n"
                                            "write it as NAME=VALUE, or as NAME to pass on your own\n")


@pytest.mark.parametrize("content, complaint", [
    ("A=1\n\n# comment\nB C=hush\n", "--env-file bad.env, line 4: a variable has no usable name"),
    ("=hush\n", "--env-file bad.env, line 1: a variable has no usable name"),
    ("A=1\0\n", "--env-file: 'bad.env' contains a NUL"),
    ("A=" + MIB * "x", f"--env-file: '{{path}}' is larger than {MIB} bytes"),
], ids=["name", "no name", "NUL", "large"])
def test_a_mistake_in_an_env_file_is_told_with_its_place_and_without_its_value(thv, content, complaint):
    path = written(thv, "bad.env", content)
    error = refused(thv, "--env-file", "bad.env")
    assert error.splitlines()[0] == f"Error: {complaint.format(path=path)}" and "hush" not in error


@pytest.mark.parametrize("flag", ["--env-file", "--permission-profile", "--from-config"])
def test_a_file_that_is_not_there_or_is_a_folder_is_told_with_the_flag(thv, flag):
    os.makedirs(os.path.join(thv.home, "folder"))
    for name, reason in (("nothing.yaml", "there is no file '{0}'"), ("folder", "'{0}' is a folder")):
        image = () if flag == "--from-config" else (FIXTURE,)
        error = thv.fail(2, "run", flag, name, *image)
        assert error == f"Error: {flag}: {reason.format(os.path.join(thv.home, name))}\n"


@pytest.mark.parametrize("flag", ["--env-file", "--permission-profile", "--from-config"])
def test_a_file_that_may_not_be_read_is_told_with_the_flag(thv, flag):
    path = written(thv, "closed.yaml", "name: x\n")
    os.chmod(path, 0)
    for folder in (thv.home, os.path.join(thv.home, "run")):
        os.chown(folder, 65534, 65534)
    as_nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    image = () if flag == "--from-config" else (FIXTURE,)
    # Nobody may write into the folder of the coverage's profiles either.
    environment = thv.environment | {"LLVM_PROFILE_FILE": "/dev/null"}
    error = thv.fail(4, "run", flag, path, *image, through=as_nobody, env=environment)
    assert error == (f"Error: {flag}: cannot open '{path}': Permission denied\n"
                     "check the owner and the permissions of the path\n")


PROFILES = {
    "unknown field": ("network: {outbounds: {}}\n", "{file}: there is no field 'network.outbounds'"),
    "wrong type": ("privileged: 1\n", "{file}: privileged must be true or false"),
    "bad port": ("network: {outbound: {allow_port: [443, 65536]}}\n",
                 "{file}: network.outbound.allow_port[1] must be a port, from 1 to 65535"),
    "port of a text": ('network: {outbound: {allow_port: ["443"]}}\n',
                       "{file}: network.outbound.allow_port[0] must be a port, from 1 to 65535"),
    "relative path": ("read: [/etc/a, etc/b]\n",
                      "{file}: read[1] must be an absolute path, or /host/path:/container/path"),
    "root": ('write: ["/srv:/"]\n', "{file}: write[0] must be an absolute path, or /host/path:/container/path"),
    "dots": ('write: ["/a/../.."]\n', "{file}: write[0] must be an absolute path, or /host/path:/container/path"),
    "broken JSON": ('{"name": "x",\n "read": [}\n', "{file}:2:11: illegal flow end"),
    "broken YAML": ("name: x\n  read: [/etc]\n", "{file}:2:7: illegal map value"),
    "cut off in a text": ('name: x\nread: ["/etc/\n', "{file}:3:1: illegal EOF in scalar"),
    "key twice": ("name: a\nname: b\n", "{file}:2:1: a key that this mapping has already"),
    "alias of itself": ("read: &a [*a]\n", "{file}:1:11: an alias for what it is a part of"),
    "cut off in a table": ('{"name": "x"\n', "{file}:1:1: a key that is not a scalar, or a bracket that is not closed"),
    "empty": ("", "{file}: the profile must be a table of fields"),
    "comment": ("# nothing yet\n", "{file}: the profile must be a table of fields"),
}


@pytest.mark.parametrize("mistake", PROFILES)
def test_a_mistake_in_a_profile_is_told_with_its_place_and_reason(thv, mistake):
    content, complaint = PROFILES[mistake]
    path = written(thv, "profile.yaml", content)
    assert refused(thv, "--permission-profile", "profile.yaml") == f"Error: {complaint.format(file=path)}\n"
    checked = thv.fail(2, "profile", "check", "profile.yaml")
    assert checked == f"Error: {complaint.format(file='profile.yaml')}\n"


def test_a_profile_of_10_mib_a_folder_and_a_device_are_not_read(thv):
    path = written(thv, "large.yaml", 10 * MIB * "#")
    complaint = f"'{path}' is larger than {MIB} bytes\n"
    assert refused(thv, "--permission-profile", "large.yaml") == f"Error: --permission-profile: {complaint}"
    assert thv.fail(2, "profile", "check", "large.yaml") == f"Error: profile: {complaint}"
    for name, reason in ((thv.home, "is a folder"), ("/dev/zero", f"is larger than {MIB} bytes")):
        assert thv.fail(2, "profile", "check", name) == f"Error: profile: '{name}' {reason}\n"


def test_every_profile_is_checked_and_the_good_ones_are_named(thv):
    written(thv, "good.yaml", "name: good\n")
    written(thv, "bad.yaml", "names: bad\nread: etc\n")
    result = thv.attempt("profile", "check", "nothing.yaml", "bad.yaml", "good.yaml")
    assert result.code == 2 and result.out == "good.yaml\n"
    assert result.err == (f"Error: profile: there is no file '{thv.home}/nothing.yaml'\n"
                          "Error: bad.yaml: there is no field 'names'\nError: bad.yaml: read must be a list\n")


WORKLOADS = "version: 1\nworkloads:\n"
IMAGE = f"image: {FIXTURE}"
FOLDER = {
    "0-good.yaml": WORKLOADS + f"  good: {{{IMAGE}}}\n",
    "1-unknown.yaml": f"extra: 1\n{WORKLOADS}  a: {{{IMAGE}, imagee: j}}\n",
    "2-cycle.yaml": "version: 1\nworkloads: &a [*a]\n",
    "3-twice.yaml": WORKLOADS + f"  b: {{{IMAGE}}}\n  b: {{{IMAGE}}}\n",
    "4-again.yaml": WORKLOADS + f"  good: {{{IMAGE}}}\n",
    "5-profile.yaml": WORKLOADS + f"  c: {{{IMAGE}, profile: unheard-of}}\n  d: {{{IMAGE}, profile: ./none.yaml}}\n",
    "6-broken.json": '{"version": 1,\n "workloads": {"x": [}}\n',
    "7-large.yaml": "#" * (4 * MIB + 1),
    "8-cut.yaml": WORKLOADS + f'  e: {{{IMAGE}}}\n  f: {{{IMAGE}, args: ["--all\n',
    "9-volumes.yaml": WORKLOADS + f"  g: {{{IMAGE}, volumes: [/nowhere:/x]}}\n  h: {{{IMAGE}, volumes: [/etc:/]}}\n"
                                  f"  i: {{{IMAGE}, volumes: [/etc:/a, /usr:/a]}}\n  j: {{{IMAGE}, port: 65536}}\n",
}
COMPLAINTS = [
    "files/1-unknown.yaml: there is no field 'extra'",
    "files/1-unknown.yaml: workloads.a: there is no field 'imagee'",
    "files/2-cycle.yaml:2:16: an alias for what it is a part of",
    "files/3-twice.yaml:4:3: a key that this mapping has already",
    "files/0-good.yaml: workloads.good and files/4-again.yaml: workloads.good are the same workload",
    "files/5-profile.yaml: workloads.c: field 'profile' must be none, network, one of 'profiles', or a path with a '/'",
    "files/5-profile.yaml: workloads.d: field 'profile': there is no file '{home}/files/./none.yaml'",
    "files/6-broken.json:2:22: illegal flow end",
    f"--filename: '{{home}}/files/7-large.yaml' is larger than {4 * MIB} bytes",
    "files/8-cut.yaml:5:1: illegal EOF in scalar",
    "files/9-volumes.yaml: workloads.g: field 'volumes': there is no '/nowhere'",
    "files/9-volumes.yaml: workloads.h: field 'volumes': '/etc:/' is not a volume: its target is the container's root",
    "files/9-volumes.yaml: workloads.i: field 'volumes' has the target '/a' twice",
    "files/9-volumes.yaml: workloads.j: field 'port' must be an integer from 0 to 65535",
]


@pytest.mark.parametrize("command", ["apply", "diff"])
def test_all_mistakes_of_a_folder_are_in_one_report(thv, command):
    for name, text in FOLDER.items():
        written(thv, f"files/{name}", text)
    error = thv.fail(2, command, "-f", "files")
    told = [line.removeprefix("Error: ") for line in error.splitlines() if line.startswith("Error: ")]
    assert sorted(told) == sorted(line.format(home=thv.home) for line in COMPLAINTS)
    assert error.splitlines()[-1] == f"Nothing was changed because of these {len(COMPLAINTS)} mistakes"
