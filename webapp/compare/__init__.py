"""Studies and architectures side by side."""
