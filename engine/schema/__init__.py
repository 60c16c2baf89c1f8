"""The base of configs and events: immutable strict models, fields that name an entry of a registry, own parts."""
