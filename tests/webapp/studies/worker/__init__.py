"""Tests of webapp/studies/worker."""
