"""AutoSNN's method: search spaces, supernet, spike-aware evolution, retraining. Knows nothing of the web."""
