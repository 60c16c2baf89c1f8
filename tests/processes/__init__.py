"""bin/run and its processes, for real."""
