"""Tests of engine/data/preview."""
