"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Optional

import typer

Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, max=64, help="How many files at once.")
]
Again = Annotated[
    bool, typer.Option("--again", help="Do anew what an interrupted run has done.")
]
JournalFile = Annotated[
    Optional[Path],
    typer.Option(
        "--journal",
        metavar="FILE",
        help="Where the run notes what is done; else among the state of this user.",
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many at most.")
]
All = Annotated[bool, typer.Option("--all", "-a", help="As many as there are.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Out = Annotated[
    str,
    typer.Option("--out", "-o", metavar="PATH", help="Where to write; - for stdout."),
]
Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="Files, patterns, directories; - for stdin."
    ),
]
Cascade = Annotated[
    bool, typer.Option("--cascade", help="With all that was made of it.")
]
