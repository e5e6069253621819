"""Databases as sources. ``service`` opens one; the rest runs in a child."""
