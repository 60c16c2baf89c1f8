"""Triton kernels for the GPU. Importing them needs Triton; with TRITON_INTERPRET=1 they run without a GPU.

Arrays are channels last: an element of [T, N, C, H, W] is at (t·M + m)·C + c, where m counts the M = N·H·W pixels of a
time step. The docstrings write this as [T, M, C]. A program, one instance of a kernel, takes a tile of pixels by
channels. Sums over pixels are written by tile and added up in a fixed order, so the same input gives the same bits.
"""
