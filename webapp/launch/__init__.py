"""Starts and supervises everything `bin/run` runs: message broker, web server, worker."""
