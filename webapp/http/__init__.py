"""What every HTTP answer shares: bodies, limits, pages, compression, errors, text."""
