"""Networks in torch: neurons, candidate blocks, supernet and child network, baselines."""
