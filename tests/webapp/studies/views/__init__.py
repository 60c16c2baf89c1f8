"""Tests of webapp/studies/views."""
