"""Metadata as JSON-LD, for search engines and archives: Croissant of a data set, RO-Crate of a study."""
