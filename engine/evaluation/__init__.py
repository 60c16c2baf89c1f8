"""Evaluation of architectures on a split of the data: accuracy, spikes, synaptic operations."""
