"""Become a command that dies with its parent, and that is not root where it must not be.

`exec_shim.py PARENT_PID DEATH_SIGNAL USER COMMAND...`, run with `python -I -S`, because
it stands before every process of the stack. USER is one of

- `same`: the user who starts it;
- `namespace`: uid 1000 of a user namespace of its own, which is the starting user
  outside: PostgreSQL refuses to run as root, and this needs no chown;
- a number: that uid and gid, for root where user namespaces are blocked.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
NAMESPACE_UID = 1000


def enter_namespace() -> None:
    """Be uid 1000 in a user namespace of its own. Raises OSError where none is allowed."""
    uid, gid = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NAMESPACE_UID} {uid} 1"),
        ("gid_map", f"{NAMESPACE_UID} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def become(uid: int) -> None:
    """Give up root for this user and group, for good."""
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Have the kernel send ``death_signal`` when ``parent`` ends, however it does."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the line above
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Become the user, tie one's life to the parent's, become the command."""
    parent, death_signal, user, *command = sys.argv[1:]
    if user == "namespace":
        enter_namespace()
    elif user != "same":
        become(int(user))
    # Last, because a change of user clears the signal.
    die_with_parent(int(parent), int(death_signal))
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main()
