"""The data-import service's tasks: none yet."""
