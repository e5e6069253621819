"""What every service stands on."""

import sys
from importlib import import_module

# nats-py imports aiohttp where it finds it, for WebSockets, which nothing here uses;
# and that is a third of a second of every process's start. The sandbox's fork server,
# which is started with this option, and its children need no NATS; nor does what
# containers ask every ten seconds.
_needs_nats = "sandbox" not in sys._xoptions and "onemanage-healthy" not in sys.argv[0]
if _needs_nats and not {"nats", "aiohttp"} & sys.modules.keys():
    sys.modules["aiohttp"] = None  # type: ignore[assignment]  # how Python says: not there
    import_module("nats")
    del sys.modules["aiohttp"]
