"""Data sets: readers, files, events, and the seeded way to the splits a study uses."""
