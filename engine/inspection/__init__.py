"""Inspection of one architecture of a study: its evaluation, a trace of one sample, or its neurons' activity."""
