"""Submission of a study: form, estimates, parsing, idempotency."""
