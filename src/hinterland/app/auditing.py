"""Plans held against rules: audit, and what meeting the broken ones would cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hinterland.core.errors import InvalidTables, Issue
from hinterland.core.progress import SILENT
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hinterland.compliance import AuditResult
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["audit", "audit_told", "audited_in"]


def audit(
    net: Network,
    plan: Plan,
    as_of: str | date | None = None,
    scenario: str | Sequence[str] | None = None,
    *,
    rules: str | Path | None = None,
    drafts: bool = False,
    price: bool = False,
    seconds: float = 60.0,
    progress: Progress = SILENT,
) -> AuditResult:
    """Judge a plan by every rule that ships, that the network has, and of a file `rules`; each finding has its evidence rows.

    With `as_of` the rules of that day judge the period it lies in; without, each period is judged by the strictest rules of its
    span. The world is the named scenario, else the one the plan was made under. `price` solves the world again for each broken
    rule that can be asked for, in `seconds` altogether.

    Raises InvalidTables for rules, days or plans that cannot be judged, InvalidScenario.
    """
    from hinterland.compliance import audit as judge

    world = resolve(net, plan.scenarios if scenario is None else scenario)
    found = judge(world, plan, as_of=as_of, rules=rules, drafts=drafts)
    if not price:
        return found
    from hinterland.compliance.pricing import priced

    return replace(found, prices=priced(world, plan, found, seconds=seconds, progress=progress))


def audited_in(place: str | Path, plan: str | Path | None) -> tuple[Network, Plan]:
    """The network and plan that a command line names: a run folder, or tables with a plan folder or another run."""
    from hinterland.app.planning import read_plan, read_run
    from hinterland.app.reading import read

    if plan is None:
        if Path(place).exists() and not (Path(place) / "manifest.json").exists():
            what, why = f"{place} is no run folder", "it has no manifest.json, so there is no plan in it"
            fix = "name a folder that `hinterland solve --out` wrote, or, for tables, a plan or run with --plan"
            raise InvalidTables([Issue("run", None, None, "unreadable", what, why, fix)])
        run = read_run(place)
        return run.network, run.plan
    net = read_run(place).network if (Path(place) / "manifest.json").is_file() else read(place)
    of_run = (Path(plan) / "manifest.json").is_file()
    return net, read_plan(Path(plan) / "plan") if of_run else read_plan(plan, net)


def audit_told(found: AuditResult) -> dict[str, Any]:
    """An audit as one document: counts, rules, findings with their evidence inside, sources, prices."""
    evidence: dict[str, list[dict[str, Any]]] = {}
    for row in found.evidence.iter_rows(named=True):
        evidence.setdefault(row.pop("finding_id"), []).append(row)
    return {
        "scenario": list(found.scenarios),
        "as_of": None if found.as_of is None else found.as_of.isoformat(),
        "counts": found.counts,
        "findings": [{**row, "evidence": evidence.get(row["finding_id"], [])} for row in found.findings.iter_rows(named=True)],
        "rules": found.rules.to_dicts(),
        "sources": found.sources.to_dicts(),
        "prices": found.prices.to_dicts(),
    }
