"""Ways to compute a network faster than plain torch does, each with the same results."""
