"""Tests of webapp/compare."""
