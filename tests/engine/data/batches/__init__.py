"""Tests of engine/data/batches."""
