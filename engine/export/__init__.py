"""A trained network as files: package, NIR, energy account, evaluation of a package."""
