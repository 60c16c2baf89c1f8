"""Pages, API and downloads of studies."""
