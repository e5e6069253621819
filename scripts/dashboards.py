"""Write Grafana's dashboards, infra/observability/dashboards, from its panels.yml.

--check writes nothing, and fails where one is not as it would be written.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pretty_json import pretty

FOLDER = Path(__file__).parents[1] / "infra/observability"
TARGET = FOLDER / "dashboards"
_SOURCE = {"type": "prometheus", "uid": "prometheus"}
_COLUMNS, _WIDTH, _HEIGHT = 3, 8, 8


def dashboard(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """As Grafana has it."""
    panels = given["panels"]
    return {
        "uid": f"onemanage-{name}",
        "title": given["title"],
        "tags": ["onemanage"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _panel(number: int, panel: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel["title"],
        "datasource": _SOURCE,
        "gridPos": {
            "x": column * _WIDTH,
            "y": row * _HEIGHT,
            "w": _WIDTH,
            "h": _HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": _SOURCE,
                "expr": expression,
                "legendFormat": name,
            }
            for place, (name, expression) in enumerate(panel["lines"].items())
        ],
    }


def files() -> Iterator[tuple[Path, str]]:
    """Each file, and what is to stand in it."""
    panels = yaml.safe_load((FOLDER / "panels.yml").read_text(encoding="utf-8"))
    for name, given in panels.items():
        yield TARGET / f"{name}.json", pretty(dashboard(name, given))


def main() -> None:
    """Run the command."""
    for path, text in files():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{path} is old: .venv/bin/python scripts/dashboards.py")


if __name__ == "__main__":
    main()
