"""Tests of engine/export."""
