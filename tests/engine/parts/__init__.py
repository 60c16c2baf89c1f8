"""Tests of parts of one's own."""
