"""The imaging service's tasks: none yet."""
