"""The engine, specified by example and by property."""
