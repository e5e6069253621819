"""Which source databases the operator allows."""

from pydantic import field_validator

from onemanage.platform.process.outbound import (
    Network,
    allowed_networks,
    parse_networks,
)
from onemanage.platform.process.settings import OutboundSettings


class SourceSettings(OutboundSettings):
    data_import_allowed_networks: str = ""
    """Besides public addresses, which need no leave: ``10.1.0.0/16, 192.168.7.5/32``."""

    @field_validator("data_import_allowed_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        parse_networks(text)
        return text

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Where a source may be, beside public addresses."""
        return allowed_networks(self.data_import_allowed_networks, self.own_networks)
