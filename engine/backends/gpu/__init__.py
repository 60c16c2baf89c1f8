"""GPU back end: batch norm and neurons fused in Triton kernels, spikes in the chosen precision, CUDA graphs."""
