"""How stored samples become a network's input: the coding, and all of it as a package keeps it."""
