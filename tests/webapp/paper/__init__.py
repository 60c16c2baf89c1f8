"""Tests of webapp/paper."""
