"""AutoSNN's method: search spaces, supernet, spike-aware evolution, retraining. Knows nothing of the web."""

__version__ = "0.1.0"  # the one place: pyproject.toml and the library take it from here
