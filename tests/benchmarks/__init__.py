"""Tests of the benchmark: its contenders, its rows, and commands of other people that it runs."""
