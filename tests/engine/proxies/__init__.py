"""Zero-cost proxies, by hand."""
