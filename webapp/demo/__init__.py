"""A recorded quick-look study that comes with the product, to be replayed before a user has a study."""
