"""The GPU's programs, in Triton. Importing them needs Triton; with TRITON_INTERPRET=1 they run without a GPU.

Arrays are channels last: an element of [T, N, C, H, W] stands at (t·M + m)·C + c, m counting the M = N·H·W pixels of
one time step. A program takes a tile of pixels by channels. Sums over pixels are written by tile and added up
afterwards in a fixed order: the same input gives the same bits.
"""
