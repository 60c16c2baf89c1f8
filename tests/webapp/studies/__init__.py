"""Tests of webapp/studies."""
