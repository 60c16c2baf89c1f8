"""A complete file for each kind of part, to begin from. The product loads none of them itself."""
