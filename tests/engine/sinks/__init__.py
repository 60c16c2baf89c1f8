"""Tests of engine/sinks."""
