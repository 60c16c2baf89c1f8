"""Measurements, run by hand: ratios, side by side in one run. Not part of the tests."""
