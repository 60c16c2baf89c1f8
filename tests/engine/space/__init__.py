"""Tests of engine/space."""
