"""Measures on plain numbers: Pareto front, spike maps, energy, rank correlation."""
