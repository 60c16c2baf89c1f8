"""Tables of every architecture of a small space, each trained from scratch: benchmarks for architecture search."""
