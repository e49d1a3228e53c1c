"""`hinterland audit`: a plan held against every rule, the most binding first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hinterland.cli.bars import bars
from hinterland.cli.endings import ended_well
from hinterland.cli.shows import figure, plain, say, show_json, show_table

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["audit"]

_SIGNS = {"met": "✓ met", "not_met": "✗ not met", "not_applicable": "– not applicable", "not_enough_data": "? not enough data"}
_WORST = 3


def audit(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder; or tables, together with --plan")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="plan folder or run to judge in these tables")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="day whose rules count; default each period's own days, the strictest")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="more rules, a CSV file as the table rules; the same rule_id replaces")
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="judge by drafts and proposals too")] = False,
    price: Annotated[
        bool, typer.Option("--price", help="solve again for each broken rule that can be asked for, and say what it costs")
    ] = False,
    seconds: Annotated[float, typer.Option(min=1.0, metavar="SECONDS", help="longest time for all solves of --price")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """Hold a plan against every rule: origin, labour value, recycled content, due diligence, certificates, lists, policies."""
    from hinterland import app as doors
    from hinterland.app.auditing import audit_told, audited_in

    with ended_well(as_json=as_json):
        net, made = audited_in(run, plan)
        with bars(quiet=as_json) as drawn:
            found = doors.audit(net, made, as_of, scenario, rules=rules, drafts=drafts, price=price, seconds=seconds, progress=drawn)
        if as_json:
            show_json(plain(audit_told(found)))
        else:
            _show(found)


def _told(value: float | None, unit: str, *, sign: bool = False) -> str:
    """A value with its unit; shares in percent."""
    if value is None:
        return "–"
    value = 0.0 if abs(value) < 5e-10 else value  # rounding of a solver is no shortfall
    plus = "+" if sign and value > 0 else ""
    return (
        f"{plus}{100 * value + 0.0:.1f} %".replace("-0.0 %", "0.0 %") if unit == "share" else f"{plus}{figure(float(value))} {unit}".strip()
    )


def _show(found: Any) -> None:
    findings = found.findings
    rows, broken = [], []
    for (_, title), same in findings.group_by(["rule_id", "title"], maintain_order=True):
        worst = same.row(0, named=True)
        counts = dict(same.group_by("status").len().iter_rows())
        words = ", ".join(f"{counts[status]} {sign[2:]}" for status, sign in _SIGNS.items() if status in counts)
        rows.append((_SIGNS[worst["status"]][0], title, worst["subject"], worst["period_id"] or "", _told(worst["value"], worst["unit"]),
                     _told(worst["threshold"], worst["unit"]), _told(worst["margin"], worst["unit"], sign=True), words))  # fmt: skip
        if worst["status"] in {"not_met", "not_enough_data"}:
            broken.append((title, same))
    under = f"under {' + '.join(found.scenarios)}" if found.scenarios else "in the plain tables"
    day = f", rules of {found.as_of}" if found.as_of else ""
    show_table(f"audit {under}{day}", ("", "rule", "most binding", "period", "value", "asked", "room", "findings"), rows)
    for title, same in broken:
        say(
            "",
            f"{_SIGNS[same['status'][0]]}: {title}",
            f"  {same['citation'][0]} [{same['source_id'][0]}, {same['quality'][0] or 'no quality'}]",
        )
        say(*_lines(same.filter(same["status"] == same["status"][0]).iter_rows(named=True)))
    drafts = found.rules.filter(~found.rules["asked"])["rule_id"].unique().to_list()
    if drafts:
        say("", f"left out as drafts or proposals: {', '.join(sorted(drafts))} (--drafts asks after them)")
    for row in found.prices.iter_rows(named=True):
        amount = f"{row['price']:+,.0f} {row['currency']} at base date" if row["price"] is not None else row["outcome"].replace("_", " ")
        say("", f"price of {row['rule_id']} {row['subject'] or ''}: {amount}", f"  {row['note']}")
    total = ", ".join(f"{count} {_SIGNS[status][2:]}" for status, count in found.counts.items() if count)
    say("", f"{findings.height} findings of {found.rules['rule_id'].n_unique()} rules: {total}; --json has every one with its evidence")


def _lines(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The worst few findings, one line each; the same words are told once."""
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row["note"], []).append(f"{row['subject']}{' in ' + row['period_id'] if row['period_id'] else ''}")
    lines = []
    for note, subjects in list(told.items())[:_WORST]:
        more = f" and {len(subjects) - 1} more" if len(subjects) > 1 else ""
        lines.append(f"  · {subjects[0]}{more}: {note}")
    return [*lines, f"  · … {len(told) - _WORST} more"] if len(told) > _WORST else lines
