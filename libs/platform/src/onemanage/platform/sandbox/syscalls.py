"""The system calls that a child of the sandbox may not make, as a seccomp filter.

It has no network, starts no process and touches no other, and makes none of the kernel's
rarer machinery work. Written out here, in the kernel's own classic BPF, because the
filter must know the child's own process id and refuse the second ABI of x86-64.
Numbers: the kernel's ``arch/x86/entry/syscalls/syscall_64.tbl`` and
``include/uapi/asm-generic/unistd.h``.
"""

import ctypes
import errno
import platform
import socket
import struct

_LOAD, _JEQ, _JGE, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_SECOND_ABI = 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_CLONE_THREAD = 0x10000
_KIND = 0xF
"""The bits of a socket's type that say which it is."""
_TYPES_INTO_A_TERMINAL = (0x5412, 0x541C)

_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""The kernel's name of the architecture, and the column of the tables below."""

_NEVER = {
    "accept": (43, 202),
    "accept4": (288, 242),
    "acct": (163, 89),
    "add_key": (248, 217),
    "bind": (49, 200),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "delete_module": (176, 106),
    "execve": (59, 221),
    "execveat": (322, 281),
    "finit_module": (313, 273),
    "fork": (57, None),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "link": (86, None),
    "linkat": (265, 37),
    "listen": (50, 201),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "tkill": (200, 130),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vfork": (58, None),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_KILLING = ((62, 129), (234, 131))
"""kill and tgkill."""
_SOME_PID = 0x5EED_C0DE
"""Stands for the child's own, and for nothing else that a filter has in it."""
_PRLIMIT, _IOCTL, _SOCKET = (302, 261), (16, 29), (41, 198)


class SystemCalls:
    """The filters of a process, written before it is forked and its id is known."""

    def __init__(self) -> None:
        machine = _MACHINES.get(platform.machine())
        self._programs = machine and {
            connects: _program(*machine, _SOME_PID, connects)
            for connects in (False, True)
        }
        self._libc = ctypes.CDLL(None, use_errno=True)

    def refuse(self, own_pid: int, *, connects: bool) -> bool:
        """From now on and for ever, in this thread; False where the kernel cannot.

        What is refused fails with EPERM. With ``connects`` TCP sockets may be made;
        where to they may connect is for others to bound.
        """
        if self._programs is None:
            return False
        program = self._programs[connects].replace(_value(_SOME_PID), _value(own_pid))
        buffer = ctypes.create_string_buffer(program, len(program))
        filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
        prctl = self._libc.prctl
        if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            return False
        return bool(prctl(_PR_SET_SECCOMP, _MODE_FILTER, filters, 0, 0) == 0)


def _value(number: int) -> bytes:
    """As the last half of an instruction has it."""
    return struct.pack("I", number)


def _program(machine: int, column: int, own_pid: int, connects: bool) -> bytes:
    def numbered(call: tuple[int, int | None], *rules: bytes) -> bytes:
        """``rules`` decide, for this call alone; where none does, it is allowed."""
        number, body = call[column], b"".join(rules) + _one(_RETURN, _ALLOW)
        if number is None:
            return b""
        return _one(_JEQ, number, 0, len(body) // 8) + body

    refused = _one(_RETURN, _REFUSE | errno.EPERM)
    parts = [
        _one(_LOAD, _ARCHITECTURE),
        _one(_JEQ, machine, 1, 0),
        _one(_RETURN, _KILL),
        _one(_LOAD, _NUMBER),
        _one(_JGE, _SECOND_ABI, 0, 1),
        _one(_RETURN, _KILL),
        # glibc then uses clone, whose flags a filter can see
        numbered(_CLONE3, _one(_RETURN, _REFUSE | errno.ENOSYS)),
        numbered(_CLONE, _argument(0), _one(_AND, _CLONE_THREAD), _unless(0), refused),
        numbered(_PRLIMIT, _argument(0), _when(0), _when(own_pid), refused),
        numbered(_IOCTL, _argument(1), *map(_refused_if, _TYPES_INTO_A_TERMINAL)),
    ]
    parts += [
        numbered(call, _argument(0), _when(own_pid), refused) for call in _KILLING
    ]
    parts += [numbered(call, refused) for call in _NEVER.values()]
    stream = (_argument(0), _when_not(socket.AF_INET, refused))
    kind = (_argument(1), _one(_AND, _KIND), _when(socket.SOCK_STREAM), refused)
    parts.append(numbered(_SOCKET, *((*stream, *kind) if connects else (refused,))))
    return b"".join(parts) + _one(_RETURN, _ALLOW)


def _one(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """An instruction; jumps count instructions to leave out."""
    return struct.pack("HBBI", code, if_so, if_not, value)


def _argument(number: int) -> bytes:
    """Its lower half, which is all of an int."""
    return _one(_LOAD, _ARGUMENTS + 8 * number)


def _when(value: int) -> bytes:
    """Allowed if it is this."""
    return _one(_JEQ, value, 0, 1) + _one(_RETURN, _ALLOW)


def _unless(value: int) -> bytes:
    """Allowed if it is not this."""
    return _one(_JEQ, value, 1, 0) + _one(_RETURN, _ALLOW)


def _when_not(value: int, then: bytes) -> bytes:
    return _one(_JEQ, value, 1, 0) + then


def _refused_if(value: int) -> bytes:
    return _one(_JEQ, value, 0, 1) + _one(_RETURN, _REFUSE | errno.EPERM)
