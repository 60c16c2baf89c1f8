"""A study's config in plain sentences, for the model card, the method text of a paper, and the report.

Every field that changes what is done changes the words: `tests/engine/describe` changes each and reads them.
"""
