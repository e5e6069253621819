"""What happens in a workspace, as it happens: lines, and a bar for each task at work."""

from collections.abc import Sequence
from typing import Any, Optional

from onemanage.client.cli import text
from onemanage.client.cli.orders import update
from onemanage.client.cli.progress import Bar, Bars, bars
from onemanage.client.cli.session import Cli

_HANG = len("23:59:59 ")
ENDED = ("completed", "failed", "cancelled")


class Watching:
    """Follows the events of a workspace. An event of a newer server is told as it is."""

    def __init__(self, cli: Cli, types: Optional[Sequence[str]]) -> None:
        self._cli, self._types = cli, types
        self._bars: dict[str, Bar] = {}

    async def follow(self, client: Any) -> None:
        """Until the command is interrupted."""
        self._cli.output.note("Waiting for what happens. Ctrl-C ends this.")
        with bars(self._cli.output.is_watched) as shown:
            async for event in client.events.follow(type=self._types):
                if event.name == "reset":
                    self._cli.output.warn(
                        "What happened meanwhile is not known any more; going on from now."
                    )
                elif isinstance(event.data, dict) and event.name != "closing":
                    self._tell(event.id, event.data, shown)

    def _tell(self, event_id: str, data: dict[str, Any], shown: Bars) -> None:
        status = str(data.get("status") or "")
        task = str(data.get("task_id") or "")
        if self._cli.output.is_json:
            self._cli.output.line({"id": event_id, **data}, "")
            return
        if status == "progress" and self._cli.output.is_watched:
            if task not in self._bars:
                self._bars[task] = shown.add(_name(data))
            update(self._bars[task], data.get("progress") or {})
            return
        if status in ENDED and task in self._bars:
            self._bars.pop(task).remove()
        if status != "progress":
            self._cli.output.line({}, line(data), hang=_HANG)


def line(data: dict[str, Any]) -> str:
    """An event in one line: when, what, of which task, and why it failed."""
    error = data.get("error") or {}
    why = f" {error.get('code')}: {error.get('message')}" if error else ""
    when = text.moment(data.get("timestamp"))[-8:]
    parts = [when, str(data.get("type", "?")), str(data.get("task_id") or "")]
    return text.shown(" ".join(part for part in parts if part) + why)


def _name(data: dict[str, Any]) -> str:
    """Of the bar: the task's name, and its id's end to tell it from others."""
    kind = str(data.get("type", "")).removesuffix(".progress")
    return f"{str(data.get('task_id'))[-6:]} {kind}"
