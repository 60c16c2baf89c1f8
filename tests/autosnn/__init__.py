"""The library: what users import."""
