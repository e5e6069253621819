"""Questions, to people alone: nobody is asked in a pipe."""

from onemanage.client.cli.exits import CommandError, UsageError
from onemanage.client.cli.output import Output
from onemanage.client.cli.running import answer


def confirmed(output: Output, question: str, *, yes: bool) -> None:
    """Go on, or raise CommandError where somebody would rather not.

    For what cannot be taken back: where nobody can be asked it takes --yes.
    """
    if yes:
        return
    if not output.can_ask:
        raise UsageError(f"{question} Nobody is here to say so; give --yes.")
    if not is_yes(question):
        raise CommandError("Nothing was done.", code="declined")


def is_yes(question: str) -> bool:
    """Whether somebody says yes; no is what an empty line says."""
    return answer(f"{question} [y/N] ").lower() in ("y", "yes")
