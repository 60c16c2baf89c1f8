"""A worker's side of a study: the turn, the lease, retries, progress, clean-up."""
