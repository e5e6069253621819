"""The imaging service's rows in PostgreSQL, as contract Structs in and out."""

from onemanage.platform.db import Sessions


class Store:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
