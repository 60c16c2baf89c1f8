"""The message broker: its client, wake-ups, and best-effort calls."""
