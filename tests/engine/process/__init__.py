"""Tests of engine/process."""
