"""Compiled functions of arrays: one place that knows numba, and hands back the function with the types it was written with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compiled"]

_Function = TypeVar("_Function", bound="Callable[..., object]")


def compiled(function: _Function) -> _Function:
    """Machine code on first call, kept on disk; division by zero follows numpy, and no lock of the interpreter is held."""
    return cast(_Function, njit(cache=True, error_model="numpy", nogil=True)(function))
