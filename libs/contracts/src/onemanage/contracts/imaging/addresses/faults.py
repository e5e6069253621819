"""What is wrong with an address, and where."""

import msgspec


class AddressFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong."""

    pointer: str
    """``/recipe/1/w``: the parameter ``w`` of the second step."""
    message: str


class InvalidAddress(Exception):
    """A recipe in an address that cannot be carried out, with all that is wrong."""

    def __init__(self, faults: list[AddressFault]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(f"{fault.pointer}: {fault.message}" for fault in self.faults)
