"""Inspections of single architectures: evaluation on request, the trace of a sample, the activity of all neurons."""
