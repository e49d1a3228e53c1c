"""Run folders: what went in, what came out, and the proof, side by side and readable by anyone."""

from hinterland.store.folders import refuse_taken, refuse_unwritable, safe_name, staged
from hinterland.store.found import ABOUT, about_of, write_found
from hinterland.store.log import Logged
from hinterland.store.runs import Run, read_run, write_run

__all__ = [
    "ABOUT",
    "Logged",
    "Run",
    "about_of",
    "read_run",
    "refuse_taken",
    "refuse_unwritable",
    "safe_name",
    "staged",
    "write_found",
    "write_run",
]
