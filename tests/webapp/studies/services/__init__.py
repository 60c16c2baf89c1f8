"""Tests of webapp/studies/services."""
