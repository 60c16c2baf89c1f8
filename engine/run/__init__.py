"""A study while it runs: session, state, control, forks, resource errors."""
