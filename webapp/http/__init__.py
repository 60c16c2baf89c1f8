"""HTTP helpers: bodies, limits, paging, compression, static files, errors, text."""
