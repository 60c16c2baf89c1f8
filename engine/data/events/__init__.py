"""Event recordings: decoders, sets of recordings, frames and their cache."""
