"""Tests of the GPU's path: on a GPU where there is one, else by Triton's interpreter on the CPU."""
