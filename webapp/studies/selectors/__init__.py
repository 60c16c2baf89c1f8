"""Reads of studies: pages of events, summaries, lists, search."""
