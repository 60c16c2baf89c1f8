"""The message broker: its client, wake-ups, and calls that may fail without harm."""
