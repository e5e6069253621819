"""For benches that measure how many requests there can be."""

import os


def set_no_rates() -> None:
    """In the environment of the stack that is started next."""
    for limit in ("LIMIT_KEY_REQUESTS_PER_SECOND", "LIMIT_REQUESTS_PER_SECOND"):
        os.environ.setdefault(limit, "")
