"""Data sets: built-in and users' own, checked before a study trains on them."""
