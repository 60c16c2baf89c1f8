"""Optional compiled kernels for spikes as bits. Without a compiler the engine computes the same in plain torch."""
