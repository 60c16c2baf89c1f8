"""Tests of webapp/datasets."""
