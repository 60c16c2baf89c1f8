"""Tests of engine/neurons."""
