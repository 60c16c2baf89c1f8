"""Looking into one architecture."""
