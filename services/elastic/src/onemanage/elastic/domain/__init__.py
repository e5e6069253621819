"""Values in, values out: what to do about what is seen. No I/O, no clock of its own."""
