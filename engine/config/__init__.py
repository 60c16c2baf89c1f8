"""The definition of a study: its parts, presets, and the catalogue of data sets."""
