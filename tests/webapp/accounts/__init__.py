"""Tests of webapp/accounts."""
