"""Looking into single architectures of a study: judged on demand, watched on a sample, their neurons counted."""
