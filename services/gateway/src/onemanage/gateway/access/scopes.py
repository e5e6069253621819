"""What a key may do. Every route names the one that it needs."""

from typing import Literal

type Scope = Literal["read", "write", "admin"]

READ: Scope = "read"
WRITE: Scope = "write"
ADMIN: Scope = "admin"
"""Of the workspace: its keys."""
SCOPES: tuple[Scope, ...] = (READ, WRITE, ADMIN)
