"""Tests of engine/data/events/decoders."""
