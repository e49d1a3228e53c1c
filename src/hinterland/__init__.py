"""hinterland plans, stress-tests and proves local-for-local supply networks."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
