"""Health and metrics for proxies and Prometheus."""
