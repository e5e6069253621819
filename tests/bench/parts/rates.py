"""For benches that measure how many requests there can be."""

import os


def set_no_rates() -> None:
    """In the environment of the stack that is started next."""
    for what in ("KEY_REQUESTS", "REQUESTS", "IMAGES"):
        os.environ.setdefault(f"LIMIT_{what}_PER_SECOND", "")
