"""Networks that come with the package: docs, tests and the demo all read the same ones."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from hinterland.core.errors import HinterlandError

__all__ = ["sample_names", "sample_path"]


def sample_names() -> list[str]:
    """Return the samples, sorted."""
    here = Path(str(files("hinterland.model.samples")))
    return sorted(one.name for one in here.iterdir() if (one / "settings.csv").is_file())


def sample_path(name: str) -> Path:
    """Folder of a sample's tables, ready for `read`.

    Raises HinterlandError where there is no such sample.

    >>> sample_path("seed_chain").name
    'seed_chain'
    """
    known = sample_names()
    if name not in known:
        raise HinterlandError(f"there is no sample {name!r}; there are: {', '.join(known) or 'none'}")
    return Path(str(files("hinterland.model.samples"))) / name
