"""Merges: rows of a table become values of slots, and names of pictures."""
