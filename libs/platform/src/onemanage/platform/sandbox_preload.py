"""The first module that the sandbox's fork server imports, and only the fork server.

It must come before numpy, whose BLAS starts its threads when it is imported:
children are forked from a process that has one thread.
"""

import os
import signal

SERVER_PID = os.getpid()

os.environ.update(
    dict.fromkeys(
        (
            "MKL_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ),
        "1",
    )
)

# onnxruntime reports to its maker as soon as it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# A SIGTERM for the whole process group is the parent's to answer: it still needs
# the children while it drains. The server ends when the parent does.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
