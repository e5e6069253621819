"""The sandbox's fork server, a program of its own: what the children are forked from.

It is exec'd with an environment that holds no secret, has imported what children need,
and never reads a foreign byte. Each request is a message with three descriptors: where
the child reads its call, where it writes, and where the server says its process id and,
in the end, its exit code. It ends when the parent does.
"""

import gc
import os
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from onemanage.platform.sandbox.child import Prepared, prepare, run_calls
from onemanage.platform.sandbox.confinement import libraries

NUMBER = struct.Struct("q")
"""A process id, on its way to the parent."""
ENDING = struct.Struct("qqq")
"""The exit code, the most memory in KiB, and the processor's time in microseconds."""


def serve(control_fd: int, preload: Sequence[str]) -> None:
    """Until the other end is closed. A preload that is not there is left out."""
    prepared = _prepare(preload)
    with (
        socket.socket(fileno=control_fd) as control,
        selectors.DefaultSelector() as selector,
    ):
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    selector.unregister(key.fileobj)
                    _say_ended(key.fd, *key.data)
                elif not _fork(control, selector, prepared):
                    return


def _prepare(preload: Sequence[str]) -> Prepared:
    readable = libraries()
    os.chdir("/")
    # A SIGTERM for the whole process group is the parent's to answer: it still needs
    # the children while it drains.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    for name in preload:
        try:
            import_module(name)
        except ImportError:
            continue  # the parent asks for it once more, and is told
    prepared = prepare(readable)
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the children
    return prepared


def _fork(
    control: socket.socket,
    selector: selectors.BaseSelector,
    prepared: Prepared,
) -> bool:
    """Answer one request; False where the parent has ended."""
    _, fds, _, _ = socket.recv_fds(control, 1, 3)
    if not fds:
        return False
    reading, writing, telling = fds
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(control, selector, telling)
        _run(lambda: run_calls(reading, writing, server, prepared))
    os.close(reading)
    os.close(writing)
    _tell(telling, NUMBER.pack(pid))
    ended = os.pidfd_open(pid)
    selector.register(ended, selectors.EVENT_READ, (pid, telling))
    return True


def _become(
    control: socket.socket, selector: selectors.BaseSelector, telling: int
) -> None:
    """In the child: let go of all that is the server's."""
    for key in list(selector.get_map().values()):
        if key.data is not None:
            os.close(key.fd)
            os.close(key.data[1])
    selector.close()
    control.close()
    os.close(telling)


def _run(work: Callable[[], None]) -> None:
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # also what ends a process: here it must not go further up
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _say_ended(pidfd: int, pid: int, telling: int) -> None:
    _, status, used = os.wait4(pid, 0)
    os.close(pidfd)
    cpu = int((used.ru_utime + used.ru_stime) * 1e6)
    code = os.waitstatus_to_exitcode(status)
    _tell(telling, ENDING.pack(code, used.ru_maxrss, cpu))
    os.close(telling)


def _tell(telling: int, told: bytes) -> None:
    try:
        os.write(telling, told)
    except BrokenPipeError:
        return  # nobody waits for it any more
