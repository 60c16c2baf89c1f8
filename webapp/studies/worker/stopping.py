"""The flag with which a worker's main process tells its pool process to end the turn."""

from __future__ import annotations

from billiard import Event

stopping = Event()
"""Created before the pool is forked, so that both processes share it."""
