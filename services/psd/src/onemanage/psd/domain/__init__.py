"""Documents in, images out. Values, bytes and paths; no services."""
