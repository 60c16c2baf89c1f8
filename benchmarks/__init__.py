"""Benchmarks, run by hand: ratios of contenders measured in the same run. They are no part of the tests."""
