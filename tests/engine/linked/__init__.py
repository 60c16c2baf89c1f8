"""Tests of engine/linked."""
