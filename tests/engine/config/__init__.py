"""Tests of engine/config."""
