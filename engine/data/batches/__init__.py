"""Batches on their way to a network: augmentation, encoding in time, placement on a device."""
