"""The registry and the services' own tables say the same."""

from pathlib import Path

from onemanage.contracts import registry

SERVICES = Path(__file__).resolve().parents[2] / "services"


def test_the_registry_names_only_services_that_exist() -> None:
    named = {spec.worker for spec in registry.COMMANDS}
    named |= {name for spec in registry.COMMANDS for name in spec.producers}
    named |= {spec.producer for spec in registry.EVENTS}
    named |= {spec.owner for spec in registry.QUERIES}
    named |= {spec.service for spec in registry.CONSUMERS}
    existing = {path.parent.name for path in SERVICES.glob("*/pyproject.toml")}

    assert named <= {name.replace("-", "_") for name in existing}
