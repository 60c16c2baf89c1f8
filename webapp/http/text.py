"""Text that every database stores: UTF-8, without U+0000."""

from __future__ import annotations


def is_storable(text: str) -> bool:
    """Half a surrogate pair, which JSON can say and a file's name can become, has no UTF-8."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def storable(text: str) -> str:
    """What cannot be stored written out: a reason with a file's odd name in it must still be told."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
