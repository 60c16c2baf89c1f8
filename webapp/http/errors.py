"""What both studies and data sets answer a user with."""

from __future__ import annotations


class NotNow(Exception):
    """It is not in a state that allows this; the message is for the user."""
