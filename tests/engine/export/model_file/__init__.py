"""model.py of a package, run where nothing of ours is."""
