"""A silent HiGHS: one thread, no output, no banner."""

from __future__ import annotations

from typing import Any

__all__ = ["silent_solver"]


def silent_solver() -> Any:
    """A solver that prints nothing: the wrapper's constructor starts callbacks, which print a banner; its base does not."""
    import highspy

    solver: Any = highspy.Highs.__mro__[1]()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver
