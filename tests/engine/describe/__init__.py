"""What is told of a config."""
