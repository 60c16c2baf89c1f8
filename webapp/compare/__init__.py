"""The comparison of studies and architectures."""
