"""Management commands of the studies."""
