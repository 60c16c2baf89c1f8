"""Tests of the compiled kernels: held to plain torch."""
