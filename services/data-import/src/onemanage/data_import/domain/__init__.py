"""Values, bytes and paths; no services."""
