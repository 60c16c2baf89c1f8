"""Tests of engine/exchange."""
