"""The error that studies and data sets share."""

from __future__ import annotations


class InvalidTransition(Exception):
    """The state of the study or data set does not allow the action; the message is for the user."""
