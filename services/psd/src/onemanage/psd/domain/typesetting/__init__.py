"""Text that is set anew: what a type layer says, with other words, as pixels."""
