"""Data sets: built-in ones and the users' own, checked before anyone trains on them."""
