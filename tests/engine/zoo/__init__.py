"""The baselines: each counted by hand, built, compared with its module, and trained a step."""
