"""The flag by which a worker's main process tells its pool process to leave its study at once."""

from __future__ import annotations

from billiard import Event

stopping = Event()
"""Made before the pool is forked, so that both sides share it."""
