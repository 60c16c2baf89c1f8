"""Tables of every architecture of a space."""
