"""Tests of engine/metrics."""
