"""Tests of engine/backends."""
