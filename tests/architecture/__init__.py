"""The architecture: which room imports which, what may not, and the drawing of it."""
