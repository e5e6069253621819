"""What every service stands on."""

import sys
from importlib import import_module

# nats-py imports aiohttp where it finds it, for WebSockets, which nothing here uses;
# and that is a third of a second of every process's start.
if "nats" not in sys.modules and "aiohttp" not in sys.modules:
    sys.modules["aiohttp"] = None  # type: ignore[assignment]  # how Python says: not there
    import_module("nats")  # not by a statement: the name would hide our own nats.py
    del sys.modules["aiohttp"]
