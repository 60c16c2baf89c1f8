"""Tests of webapp/workers."""
