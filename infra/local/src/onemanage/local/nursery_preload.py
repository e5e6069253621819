"""The first module that the nursery's fork server imports, and only it.

Before numpy, whose BLAS starts threads where it may, and a fork needs there be one;
and in a session of its own, away from the terminal's Ctrl-C. And before libraries that
report to their maker as soon as they are imported.
"""

import atexit
import gc
import os
import signal

SERVER_PID = os.getpid()

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.setsid()
gc.disable()  # what is imported stays; looking for garbage meanwhile is a tenth of it
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends when the runner ends


def leave_at_once() -> None:
    """Its forks live as long as it does, and taking leave of all that is imported would
    keep them for seconds after the runner's end."""
    if os.getpid() == SERVER_PID:
        os._exit(0)


atexit.register(leave_at_once)
