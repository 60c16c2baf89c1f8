"""The worker's part of a study: turns, leases, retries, progress, clean-up."""
