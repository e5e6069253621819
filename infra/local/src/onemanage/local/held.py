"""Import a module now, run its `main()` when a file appears: `held FILE MODULE OPTION...`.

Importing is most of a start, so every process does it while what it needs still starts.
"""

import importlib
import sys
import time
from pathlib import Path

EVERY = 0.02


def main() -> None:
    awaited, module, *options = sys.argv[1:]
    imported = importlib.import_module(module)
    while not Path(awaited).exists():
        time.sleep(EVERY)
    sys.argv = [module, *options]
    imported.main()


if __name__ == "__main__":
    main()
