"""Processes of workers: start, memory, periodic work, what dead ones leave behind."""
