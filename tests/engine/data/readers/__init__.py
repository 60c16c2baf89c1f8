"""Tests of engine/data/readers."""
