"""SVG: known by its beginning, cleaned of what reaches outside, weighed, drawn."""
