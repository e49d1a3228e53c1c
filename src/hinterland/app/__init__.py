"""One function per verb."""

from hinterland.app.reading import check, read

__all__ = ["check", "read"]
