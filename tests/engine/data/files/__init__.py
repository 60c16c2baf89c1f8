"""Tests of engine/data/files."""
