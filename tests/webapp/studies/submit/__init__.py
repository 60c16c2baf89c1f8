"""Tests of webapp/studies/submit."""
