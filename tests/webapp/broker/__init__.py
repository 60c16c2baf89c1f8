"""Tests of webapp/broker."""
