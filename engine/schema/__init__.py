"""The base of configs and events: immutable strict models, and fields that name an entry of a registry."""
