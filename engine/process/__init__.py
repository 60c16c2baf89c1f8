"""Settings of the process that computes: device, threads, allocator."""
