"""Templates: documents whose slots take values, compiled once and filled row by row."""
