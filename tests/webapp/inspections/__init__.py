"""Tests of webapp/inspections."""
