"""Plans, stress-tests and proves local-for-local supply networks.

>>> import hinterland as hl
>>> hl.read.__name__
'read'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hinterland.app import (
        audit,
        check,
        compare,
        coverage,
        currency_exposure,
        demo,
        expose,
        new,
        read,
        read_plan,
        read_run,
        render,
        sample_path,
        simulate,
        solve,
        stress_test,
        trace,
        verify,
        write_run,
    )
    from hinterland.core.errors import Cancelled, HinterlandError, InfeasibleDesign, InvalidScenario, InvalidTables, OutOfTime, UnprovenPlan

__version__ = "0.1.0"
__all__ = [
    "Cancelled",
    "HinterlandError",
    "InfeasibleDesign",
    "InvalidScenario",
    "InvalidTables",
    "OutOfTime",
    "UnprovenPlan",
    "audit",
    "check",
    "compare",
    "coverage",
    "currency_exposure",
    "demo",
    "expose",
    "new",
    "read",
    "read_plan",
    "read_run",
    "render",
    "sample_path",
    "simulate",
    "solve",
    "stress_test",
    "trace",
    "verify",
    "write_run",
]
_ERRORS = frozenset(name for name in __all__ if name[0].isupper())


def __getattr__(name: str) -> object:
    """Load a door on first use: importing the package alone does no work."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("hinterland.core.errors" if name in _ERRORS else "hinterland.app"), name)


def __dir__() -> list[str]:
    """Every public name, loaded or not."""
    return sorted([*globals(), *__all__])
