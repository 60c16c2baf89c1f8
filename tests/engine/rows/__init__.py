"""Tests of engine/rows."""
