"""Tests of webapp/exports."""
