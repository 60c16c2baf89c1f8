"""Studies: models, services, worker, pages, API and socket."""
