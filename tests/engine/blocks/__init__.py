"""Tests of engine/blocks."""
