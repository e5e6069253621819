"""Takes a background away, and makes another."""
