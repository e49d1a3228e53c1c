"""One function per verb: what notebooks call and the command line shows."""

from hinterland.app.auditing import audit
from hinterland.app.comparing import compare, proof_of, render
from hinterland.app.currencies import currency_exposure, move_currencies
from hinterland.app.demonstrating import DemoResult, demo
from hinterland.app.duties import duties
from hinterland.app.given import plan_of
from hinterland.app.packing import packs
from hinterland.app.planning import read_plan, read_run, solve, trace, verify, write_run
from hinterland.app.reading import check, examine, new, prepare, read
from hinterland.app.routing import explain_route
from hinterland.app.standards import coverage, due_diligence, electricity, power_supply
from hinterland.app.stress_testing import stress_test, stress_test_worlds
from hinterland.app.stressing import expose, replays, simulate
from hinterland.app.studying import demo_reference
from hinterland.app.supply import supply_of
from hinterland.app.telling import (
    SUMMED,
    compare_runs,
    judged_in,
    remarks_of,
    side_by_side,
    story_of,
    stress_side_by_side,
    summary,
    sums_of,
    told_of,
    verify_run,
    with_sum,
)
from hinterland.model.samples import sample_path

__all__ = [
    "SUMMED",
    "DemoResult",
    "audit",
    "check",
    "compare",
    "compare_runs",
    "coverage",
    "currency_exposure",
    "demo",
    "demo_reference",
    "due_diligence",
    "duties",
    "electricity",
    "examine",
    "explain_route",
    "expose",
    "judged_in",
    "move_currencies",
    "new",
    "packs",
    "plan_of",
    "power_supply",
    "prepare",
    "proof_of",
    "read",
    "read_plan",
    "read_run",
    "remarks_of",
    "render",
    "replays",
    "sample_path",
    "side_by_side",
    "simulate",
    "solve",
    "story_of",
    "stress_side_by_side",
    "stress_test",
    "stress_test_worlds",
    "summary",
    "sums_of",
    "supply_of",
    "told_of",
    "trace",
    "verify",
    "verify_run",
    "with_sum",
    "write_run",
]
