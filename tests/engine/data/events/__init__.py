"""Tests of engine/data/events."""
