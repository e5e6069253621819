"""What starts and ends groups of workers: one interface, and who carries it out."""
