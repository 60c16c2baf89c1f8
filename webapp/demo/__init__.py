"""A finished study that comes with the product: a quick look, recorded, to be replayed before one has a study."""
