"""What a study costs before it runs: time, memory, operations, the size of its space."""
