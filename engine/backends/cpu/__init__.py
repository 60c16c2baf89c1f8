"""Optional C++ kernels on spikes as bits. Without a compiler the engine computes the same in plain torch."""
