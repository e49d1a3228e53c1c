"""One function per verb: what notebooks call and the command line shows."""

from hinterland.app.comparing import compare, proof_of, render
from hinterland.app.demonstrating import DemoResult, demo
from hinterland.app.planning import read_plan, read_run, solve, trace, verify, write_run
from hinterland.app.reading import check, new, read
from hinterland.app.routing import explain_route
from hinterland.app.studying import demo_reference
from hinterland.app.supply import supply_of
from hinterland.app.telling import compare_runs, side_by_side, story_of, summary, told_of, verify_run
from hinterland.model.samples import sample_path

__all__ = [
    "DemoResult",
    "check",
    "compare",
    "compare_runs",
    "demo",
    "demo_reference",
    "explain_route",
    "new",
    "proof_of",
    "read",
    "read_plan",
    "read_run",
    "render",
    "sample_path",
    "side_by_side",
    "solve",
    "story_of",
    "summary",
    "supply_of",
    "told_of",
    "trace",
    "verify",
    "verify_run",
    "write_run",
]
