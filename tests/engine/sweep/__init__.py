"""Tests of engine/sweep."""
