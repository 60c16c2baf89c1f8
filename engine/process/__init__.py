"""Settings of the computing process: device, threads, precision, memory allocator."""
