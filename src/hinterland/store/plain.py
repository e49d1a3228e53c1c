"""Values that JSON can hold."""

from __future__ import annotations

import math

__all__ = ["plain"]


def plain(value: object) -> object:
    """A value that JSON can hold: no NaN, no infinity, no tuples of our own.

    >>> plain({"a": float("inf"), "b": (1, 2)})
    {'a': None, 'b': [1, 2]}
    """
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
