"""Worker processes: identity, memory, periodic jobs, orphaned folders."""
