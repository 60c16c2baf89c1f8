"""The old place of `engine.export.package.read`: model cards that were downloaded before name it."""

from __future__ import annotations

from engine.export.package import read

__all__ = ["read"]
