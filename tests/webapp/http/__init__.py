"""Tests of webapp/http."""
