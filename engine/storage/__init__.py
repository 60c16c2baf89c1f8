"""Files that survive a crash: atomic writes and checkpoints."""
