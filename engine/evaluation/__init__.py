"""Accuracy and spikes of architectures on a split of the data."""
