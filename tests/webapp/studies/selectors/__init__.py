"""Tests of webapp/studies/selectors."""
