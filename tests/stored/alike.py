"""Compares two JSON values: what is told must be told again, what is new may come to it.

Keys may be added to an object. Numbers are compared with a tolerance, prose by what it tells, all else exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.stored.prose import is_prose, untold

NAMES = ("name",)
"""Keys whose values are compared exactly although they hold spaces."""


@dataclass(frozen=True)
class Tolerance:
    """A float may differ by `relative` of the expected one plus `absolute`."""

    relative: float = 0.0
    absolute: float = 0.0


SAME = Tolerance()
LAST_DIGITS = Tolerance(1e-9, 1e-12)
"""Sums in another order."""
OTHER_MACHINE = Tolerance(0.1, 0.15)
"""The same weights on another processor: a few neurons fire once more or less, a few of 30 images change class."""


def differences(found: Any, expected: Any, tolerance: Tolerance = SAME, at: str = "") -> list[str]:
    """A line for each place where something expected is gone or is something else."""
    return list(_differences(found, expected, tolerance, at))


def _differences(found: Any, expected: Any, tolerance: Tolerance, at: str) -> Iterator[str]:
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(expected.keys() - found.keys()):
            yield f"{at}.{key}: gone"
        for key in found.keys() & expected.keys():
            yield from _differences(found[key], expected[key], tolerance, f"{at}.{key}")
    elif isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            yield f"{at}: {len(found)} entries instead of {len(expected)}"
        for i, (one, other) in enumerate(zip(found, expected, strict=False)):
            yield from _differences(one, other, tolerance, f"{at}.{i}")
    elif isinstance(found, str) and isinstance(expected, str) and _is_prose_at(at, expected):
        if lost := untold(found, expected):
            yield f"{at}: tells no more {', '.join(lost)}"
    elif not _alike(found, expected, tolerance):
        yield f"{at}: {found!r} instead of {expected!r}"


def _is_prose_at(at: str, text: str) -> bool:
    return is_prose(text) and at.rpartition(".")[2] not in NAMES


def _alike(found: Any, expected: Any, tolerance: Tolerance) -> bool:
    if isinstance(found, float) and isinstance(expected, float):
        return found == expected or math.isclose(
            found, expected, rel_tol=tolerance.relative, abs_tol=tolerance.absolute
        )
    return type(found) is type(expected) and found == expected
