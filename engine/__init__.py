"""AutoSNN's method: search spaces, supernet, spike-aware evolution, retraining. Knows nothing of the web."""

__version__ = "0.1.0"  # of pyproject.toml too, which a checkout that is not installed does not have
