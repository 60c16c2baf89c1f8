"""Study on a GPU: batch norm and neurons fused in Triton, spikes in the precision asked for, stages as CUDA graphs."""
