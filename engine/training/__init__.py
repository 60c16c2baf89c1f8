"""Training of supernet and child networks."""
