"""Data sets: every form read alike, every hostile file refused."""
