"""Runs a command where every question to a name server is heard, and none is answered.

    python tests/watched.py RECORD COMMAND …

The command gets a network of its own, a loopback interface and nothing else, and a name
server that writes each name it is asked for to RECORD. Its exit code is passed on.
Linux namespaces do it: as root, or where an ordinary user may make them; elsewhere the
exit code is 77.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

RESOLV_CONF = Path("/etc/resolv.conf")
NAME_SERVER = "127.0.0.1"
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41
_MS_REC_PRIVATE, _MS_BIND = 0x4000 | 1 << 18, 0x1000
_PR_SET_PDEATHSIG = 1
NOT_ALLOWED = 77
_HEADER = 12


def enter_own_network() -> None:
    """Raises OSError where the kernel does not let this user."""
    user, group = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET | os.CLONE_NEWNS | os.CLONE_NEWPID)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", _IFF_UP_RUNNING)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def use_name_server(directory: Path) -> None:
    """glibc, Go and c-ares all read this one file. Without it they ask here anyway."""
    if not RESOLV_CONF.exists():
        return
    ours = directory / "resolv.conf"
    ours.write_text(f"nameserver {NAME_SERVER}\n", encoding="ascii")
    _mount("none", Path("/"), _MS_REC_PRIVATE)
    _mount(str(ours), RESOLV_CONF.resolve(), _MS_BIND)


def _mount(source: str, target: Path, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), str(target).encode(), None, flags, None):
        raise OSError(ctypes.get_errno(), "mount", str(target))


def hear(server: socket.socket, record: Path) -> None:
    """For ever: note the name that is asked for, and say that there is none.

    The first process of its namespace: with it ends whatever the command has left.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with open(record, "a", encoding="utf-8", buffering=1) as names:
        while True:
            question, asker = server.recvfrom(4096)
            names.write(name_in(question) + "\n")
            flags = b"\x81\x83"  # an answer: no such name
            counts = question[4:6] + bytes(6)
            body = question[_HEADER : _end_of_question(question)]
            server.sendto(question[:2] + flags + counts + body, asker)


def name_in(question: bytes) -> str:
    labels, at = [], _HEADER
    while length := question[at]:
        labels.append(question[at + 1 : at + 1 + length].decode(errors="replace"))
        at += 1 + length
    return ".".join(labels)


def _end_of_question(question: bytes) -> int:
    return question.index(0, _HEADER) + 5


def main() -> int:
    record, command = Path(sys.argv[1]), sys.argv[2:]
    try:
        enter_own_network()
        use_name_server(record.parent)
    except OSError as error:
        print(f"no namespaces for this user: {error}", file=sys.stderr)
        return NOT_ALLOWED
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((NAME_SERVER, 53))
    record.touch()
    hearing = os.fork()
    if hearing == 0:
        hear(server, record)
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        os.kill(hearing, signal.SIGKILL)
        os.waitpid(hearing, 0)


if __name__ == "__main__":
    sys.exit(main())
