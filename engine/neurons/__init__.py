"""Neuron kinds: one file a kind, and the registry that lists them."""
