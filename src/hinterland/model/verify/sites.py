"""Sites and modules: open from a start on, once, within their windows; modules whole, few enough, in open sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_PAST, day_number
from hinterland.model.dated import day_spans
from hinterland.model.verify.totals import Totals, named

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger

__all__ = ["check_modules", "check_sites"]


def _windows(a: Arrays) -> tuple[Floats, Floats]:
    """Least and most starts of each gated site by period: the build time and the window of candidates, the date of committed ones."""
    table = a.net["sites"].sort("site_id")
    first, last = day_spans(table, "earliest_date", "latest_date")
    ready = day_number(a.settings.decision_date) + table["build_days"].cast(pl.Float64).fill_null(0.0).to_numpy()
    least, most = (np.zeros((len(a.sites.gated), len(a.calendar))) for _ in range(2))
    for row, site in enumerate(a.sites.gated):
        if a.sites.status[site] == "committed":
            due = a.calendar.start[0] if first[site] == FAR_PAST else first[site]
            now = (a.calendar.stop > due) & (np.append(-np.inf, a.calendar.stop[:-1]) <= due)
            least[row] = most[row] = now
        else:
            most[row] = (a.calendar.start >= max(first[site], ready[site])) & (a.calendar.start <= last[site])
    return least, most


def check_sites(a: Arrays, p: Placed, ledger: Ledger) -> None:
    """open[t] = open[t−1] + started[t] − stopped[t], all 0 or 1; starts and stops at most once and only when allowed."""
    gated = a.sites.gated
    if not len(gated):
        return
    names = p.names
    site, t = np.repeat(gated, len(a.calendar)), np.tile(np.arange(len(a.calendar)), len(gated))
    where = names.sites(site)
    before = np.zeros_like(p.open)
    before[:, 1:] = p.open[:, :-1]
    ledger.add(
        "open_from_start", where, t, p.open.ravel(), "=", (before + p.started - p.stopped).ravel(), 1.0,
        "open is {left}, by its starts and stops it is {right}",
    )  # fmt: skip
    for word, values in (("open", p.open), ("started", p.started), ("stopped", p.stopped)):
        nearest = np.where(values > 0.5, 1.0, 0.0)
        ledger.add(
            "whole_site", where, t, values.ravel(), "=", nearest.ravel(), 1.0,
            word + " is {left}, it is 0 or 1",
        )  # fmt: skip
    for word, values in (("start", p.started), ("stop", p.stopped)):
        ledger.add(
            f"{word}_once", names.sites(gated), None, values.sum(axis=1), "<=", np.ones(len(gated)), 1.0,
            "{left} " + word + "s, a site has at most one",
        )  # fmt: skip
    least, most = _windows(a)
    ledger.add(
        "start_allowed", where, t, p.started.ravel(), "<=", most.ravel(), 1.0,
        "started is {left}, its build time and dates allow {right}",
    )  # fmt: skip
    due = np.flatnonzero(least.ravel() > 0)
    ledger.add(
        "start_committed", where.gather(due), t[due], p.started.ravel()[due], ">=", least.ravel()[due], 1.0,
        "started is {left}, the site is committed to start then",
    )  # fmt: skip


def check_modules(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """added is whole, ≤ max_modules in a site open then, Σ added ≤ max_modules, no sooner than decision_date + module_build_days."""
    if not len(p.added_line):
        return
    names, lines = p.names, a.making.lines
    k, t = (np.asarray(one, dtype=np.int64) for one in np.nonzero(s.n))
    told = names.lines(k)
    where = named("modules for ", told["product_id"], " at ", told["site_id"])
    added = s.n[k, t]
    ledger.add("whole_module", where, t, added, "=", np.maximum(np.round(added), 0.0), 1.0, "{left} is no number of modules")
    ready = day_number(a.settings.decision_date) + lines.rows["module_build_days"].cast(pl.Float64).fill_null(0.0).to_numpy()
    in_time = a.calendar.start[t] >= ready[k]
    can = np.where((s.open[lines.site[k], t] > 0.5) & in_time, lines.max_modules[k], 0.0)
    ledger.add(
        "module_start", where, t, added, "<=", can, 1.0,
        "{left} start, {right} can (the site must be open and the build time over)",
    )  # fmt: skip
    line: Ints = np.unique(k)
    told = names.lines(line)
    ledger.add(
        "modules_in_all", named("modules for ", told["product_id"], " at ", told["site_id"]), None, s.n[line].sum(axis=1), "<=",
        lines.max_modules[line], 1.0, "{left} in all, at most {right}",
    )  # fmt: skip
