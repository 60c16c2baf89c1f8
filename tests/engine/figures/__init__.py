"""Tests of the paper kit."""
