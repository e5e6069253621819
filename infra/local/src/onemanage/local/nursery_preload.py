"""The first module that the nursery's fork server imports, and only it.

Before numpy, whose BLAS starts threads where it may, and a fork needs there be one;
and in a session of its own, away from the terminal's Ctrl-C. And before libraries that
report to their maker as soon as they are imported.
"""

import gc
import os
import signal

from onemanage.local.addresses import NO_REPORTS

SERVER_PID = os.getpid()

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.update(NO_REPORTS)
os.setsid()
gc.disable()  # what is imported stays; looking for garbage meanwhile is a tenth of it
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends when the runner ends
