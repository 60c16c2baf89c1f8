"""Text that every database can store: UTF-8 without U+0000."""

from __future__ import annotations


def is_storable(text: str) -> bool:
    """Whether a database can store the text. Lone surrogates, which JSON and file names can hold, have no UTF-8."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def storable(text: str) -> str:
    """The text with unstorable characters escaped: an error that quotes such a file name must still be stored."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
