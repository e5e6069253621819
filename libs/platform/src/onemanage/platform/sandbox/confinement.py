"""What a child of the sandbox may still do: compute, and reach what it was given.

    own uid        where the parent is root: no signal to, no look into another's process
    limits         memory, open files, size of a file, no core dump
    files          Landlock: reads the interpreter and the machine's libraries, reads and
                   writes the folders of its call, and nothing else
    network        seccomp: no socket; or Landlock: one TCP port
    system calls   seccomp: no other process, no new one, no rare machinery of the kernel

All of it works without privileges, in a container that has dropped all of them. What a
machine does not have is left out, and named.
"""

import ctypes
import math
import os
import resource
import struct
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from landlockpy import (
    AccessFS,
    AccessNet,
    LandlockError,
    Ruleset,
    Scope,
    abi_version,
    fs_for_abi,
)

from onemanage.platform.sandbox.syscalls import SystemCalls

OPEN_FILES = 512
FILE_BYTES = 16 << 30

_FIRST_UID, _UIDS = 61_184, 4_336
"""Where systemd, too, takes users from that exist for a while; within 16 bits."""
_PR_SET_KEEPCAPS = 8
_CAP_DAC_OVERRIDE = 1 << 1
_CAPABILITIES_3 = 0x20080522

_READ = AccessFS.READ_FILE | AccessFS.READ_DIR
_OF_A_FILE = (
    AccessFS.EXECUTE
    | AccessFS.READ_FILE
    | AccessFS.WRITE_FILE
    | AccessFS.TRUNCATE
    | AccessFS.IOCTL_DEV
)
# No symbolic links: the parent would follow them.
_OWN = (
    _READ
    | AccessFS.WRITE_FILE
    | AccessFS.TRUNCATE
    | AccessFS.MAKE_REG
    | AccessFS.MAKE_DIR
    | AccessFS.REMOVE_FILE
    | AccessFS.REMOVE_DIR
    | AccessFS.REFER
)
_MACHINE = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
    "/var/cache/fontconfig",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
)
_ADD_RULE, _PATH_BENEATH = 445, 1
"""The system call landlock_add_rule, the same on every machine, and a kind of rule."""
_TCP_SINCE = 4
"""The version of Landlock that knows ports."""


@dataclass(frozen=True)
class Bounds:
    """Of one child."""

    memory: int
    """Bytes of address space."""
    folders: tuple[Path, ...]
    """What it reads and writes; the first is its place for temporary files."""
    readable: tuple[Path, ...] = ()
    """Files and folders that it reads besides the interpreter's."""
    port: int | None = None
    """The one TCP port that it may connect to."""
    cpu_seconds: int | None = None
    """Of processor time for a call, all threads together; over that it ends by
    SIGXCPU."""
    niceness: int = 0
    """By how much others go before it, as of ``nice``."""


def take_own_uid() -> list[str]:
    """Where this is root, become somebody else; what cannot be done is named.

    The right to open files whoever owns them stays: which ones is Landlock's to say, so
    that nothing has to change owners.
    """
    if os.geteuid() != 0:
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    uid = _FIRST_UID + os.getpid() % _UIDS
    libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    except OSError:  # the capability was dropped, or the namespace has no such user
        return ["own uid"]
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    kept = (ctypes.c_uint32 * 6)(_CAP_DAC_OVERRIDE, _CAP_DAC_OVERRIDE, 0, 0, 0, 0)
    if libc.capset(header, kept):  # it was not among those of the parent
        libc.capset(header, (ctypes.c_uint32 * 6)())
    return []


def libraries() -> tuple[str, ...]:
    """Where modules lie, and what they load.

    The folder that the process stands in is none, although Python may look there: with
    ``python -m`` it is whatever one had open, secrets and all.
    """
    known = [os.getcwd()]
    for path in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path):
        if path not in known and not any(_below(path, one) for one in known[1:]):
            known.append(path)
    return tuple(known[1:])


class Confinement:
    """Of all children of a fork server: made once, and put into effect in each.

    ``readable`` are ``libraries``.
    """

    def __init__(self, readable: Iterable[str]) -> None:
        self._abi = landlock_version()
        self._calls = SystemCalls()
        self._libc = ctypes.CDLL(None, use_errno=True)
        paths = [*readable, *_MACHINE] if self._abi else []
        found = [_rule(path, _READ) for path in paths]
        found.append(_rule(os.devnull, _READ | AccessFS.WRITE_FILE))
        self._rules = [rule for rule in found if rule is not None]

    def begin(self) -> "Confining":
        """In a child, before its call is known."""
        if not self._abi:
            return Confining(self._abi, None, self._calls)
        ruleset = Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET)
        for place, rule in self._rules:
            if self._libc.syscall(_ADD_RULE, ruleset.fileno(), _PATH_BENEATH, rule, 0):
                raise OSError(ctypes.get_errno(), "no rule of Landlock can be added")
            os.close(place)
        _allow(ruleset, "/proc/self", _READ)
        return Confining(self._abi, ruleset, self._calls)


class Confining:
    """Of one child that waits for its call."""

    def __init__(self, abi: int, files: Ruleset | None, calls: SystemCalls) -> None:
        self._abi, self._files, self._calls = abi, files, calls

    def take_effect(self, bounds: Bounds, calls: int) -> list[str]:
        """For ever, this thread and those that it starts; what cannot be done is named.

        ``calls`` are as many as there may be.
        """
        missing = []
        _limit(bounds, calls)
        if self._files is not None:
            with self._files:
                _allow_own(self._files, bounds)
                self._files.restrict()
        else:
            missing.append("files")
        if not self._calls.refuse(os.getpid(), connects=bounds.port is not None):
            missing.append("system calls")
            if self._abi < _TCP_SINCE:
                missing.append("network")
        elif bounds.port is not None and self._abi < _TCP_SINCE:
            missing.append("network")
        return missing


def _rule(path: str, access: AccessFS) -> tuple[int, bytes] | None:
    """A descriptor of the place, which children inherit, and the kernel's
    ``landlock_path_beneath_attr`` (include/uapi/linux/landlock.h)."""
    if not os.path.isdir(path):
        access &= _OF_A_FILE
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return None  # what is not there, or not for this user, need not be allowed
    return place, struct.pack("=Qi", int(access & fs_for_abi(abi_version())), place)


def landlock_version() -> int:
    """0 where there is none. The first call starts a process: not for children."""
    try:
        return abi_version()
    except LandlockError:
        return 0


def renew_seconds(bounds: Bounds) -> None:
    """Let the processor time of a further call count from now on."""
    if (seconds := bounds.cpu_seconds) is not None:
        used = math.ceil(time.process_time())
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (min(used + seconds, hard), hard))


def memory_in_use() -> tuple[int, int]:
    """Bytes of address space, and of pages that are in memory and nobody's file."""
    with open("/proc/self/statm") as statm:
        size, resident, of_files = map(int, statm.read().split()[:3])
    page = resource.getpagesize()
    return size * page, (resident - of_files) * page


def _limit(bounds: Bounds, calls: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    if (seconds := bounds.cpu_seconds) is not None:
        # At the second limit the kernel kills, which others do as well.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, calls * seconds + 1))
    if bounds.niceness:
        os.nice(bounds.niceness)


def _allow_own(ruleset: Ruleset, bounds: Bounds) -> None:
    for path in bounds.readable:
        _allow(ruleset, str(path), _READ)
    for folder in bounds.folders:
        _allow(ruleset, str(folder), _OWN)
    if bounds.port is not None:
        ruleset.allow_port(bounds.port, AccessNet.CONNECT_TCP)


def _allow(ruleset: Ruleset, path: str, access: AccessFS) -> None:
    if not os.path.isdir(path):
        access &= _OF_A_FILE
    try:
        ruleset.allow_path(path, access)
    except (FileNotFoundError, PermissionError):
        return  # what is not there, or not for this user, need not be allowed


def _below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")
