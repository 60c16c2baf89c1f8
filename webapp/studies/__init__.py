"""Studies: rows, transitions, tasks, pages, API and socket."""
