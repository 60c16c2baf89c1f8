"""Parts of one's own: registered by a call, from files that are named, and from installed packages."""
