"""Several searches on one supernet: which there are, and what they found."""
