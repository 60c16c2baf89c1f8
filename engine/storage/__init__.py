"""Crash-safe files: atomic writes and checkpoints."""
