"""Labour value content: what share of a vehicle's value is added where wages reach a floor. Source: USMCA Art. 7 of the automotive appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.flows import mixed

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.compliance.audited import Asked, Audited
    from hinterland.core.calendar import Floats

    Bools = npt.NDArray[np.bool_]

__all__ = ["labour_value_content"]


def _added(w: Audited) -> Floats:
    """Value that each run adds, of all it makes: its goods' value less its inputs' (NaN: not known); shape (runs,)."""

    def find() -> Floats:
        m, value = w.mixing, w.values
        paid = np.where(np.isnan(value[m.bought_cell]), w.prices, value[m.bought_cell])

        def told(worth: Floats) -> Floats:
            return np.stack([np.nan_to_num(worth), np.isnan(worth)], axis=1).astype(np.float64)

        cells = mixed(m, told(value[m.run_cell]), told(paid), told(value[m.opened_cell]))
        taken = np.bincount(m.take_run, m.take * cells[m.take_cell, 0], len(m.run))
        dark = np.bincount(m.take_run, m.take * cells[m.take_cell, 1], len(m.run)) > 0
        along = np.bincount(m.give_run, m.give * np.nan_to_num(value[m.give_cell]), len(m.run))
        return np.where(dark, np.nan, m.run * value[m.run_cell] + along - taken)

    return w.once("value added", find)


def _dollar(w: Audited) -> float | None:
    """settings.currency per US dollar: wage floors are in dollars."""
    if w.a.settings.currency == "USD":
        return 1.0
    rates = w.net["exchange_rates"].filter(pl.col("currency") == "USD").sort("valid_from")
    before = rates.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= w.a.settings.base_date))
    chosen = before.tail(1) if before.height else rates.head(1)
    return float(chosen["rate_to_settings_currency"][0]) if chosen.height else None


def labour_value_content(w: Audited, asked: Asked) -> list[Finding]:
    """Value added inside the jurisdiction at sites whose wage_per_hour reaches the floor (rule.threshold, US dollars), over the value; at least.

    Least: what is known to be added there; most: all but what is known to be added elsewhere. The allowances for high-wage
    technology and assembly (10 and 5 points) are not counted.
    """
    rule = asked.rule
    cells = w.makers(rule, asked.period)
    dollar, share = _dollar(w), rule.threshold_share or 0.0
    if not len(cells):
        return []
    if dollar is None:
        missing = Row("exchange_rates", "currency=USD", contributes="missing: the wage floor is in US dollars")
        note = "exchange_rates has no row of USD, in which the wage floor is set"
        return [Finding(w.name(int(cell)), "not_enough_data", None, share, None, "share", note, (missing,)) for cell in cells]
    m, chain, added = w.mixing, w.chain, _added(w)
    site = w.site_of(m.run_cell)
    pay = dict(w.net["sites"].select("site_id", "wage_per_hour").iter_rows())
    wage = np.array([pay.get(one) if pay.get(one) is not None else np.nan for one in w.a.sites.ids], dtype=np.float64)[site]
    inside = w.sites_in(rule.jurisdiction)[site]
    floor = (rule.threshold or 0.0) * dollar
    known = ~np.isnan(added)
    high = known & inside & (wage >= floor)
    low = known & (~inside | (wage < floor))
    within = w.countries_in(rule.jurisdiction)
    origin = w.a.offers.rows["origin_country"].to_list()
    abroad = np.array(
        [bool(within) and origin[int(one)] is not None and origin[int(one)] not in within for one in m.bought_offer], dtype=bool
    )
    paid = np.where(np.isnan(w.values[m.bought_cell]), w.prices, w.values[m.bought_cell]) * m.bought
    burdens = np.zeros((len(chain.cell), 2))
    size = len(chain.cell)
    burdens[:, 0] = np.bincount(chain.at(m.run_cell[high]), added[high], size)
    burdens[:, 1] = np.bincount(chain.at(m.run_cell[low]), added[low], size)
    burdens[:, 1] += np.bincount(chain.at(m.bought_cell[abroad]), paid[abroad], size)
    unit = w.system.per_unit(burdens)
    found = []
    for cell in cells.tolist():
        value = w.values[cell]
        if np.isnan(value) or value <= 0:
            note = f"product_values has no value of {w.name(cell)}"
            found.append(
                Finding(
                    w.name(cell),
                    "not_enough_data",
                    None,
                    share,
                    None,
                    "share",
                    note,
                    (Row("product_values", w.keys(cell), contributes="missing"),),
                )
            )
            continue
        there, elsewhere = unit[chain.at(np.array([cell]))[0]]
        least, most = float(there / value), float(max(there / value, 1.0 - elsewhere / value))
        status, got, margin = judged(least, most, share)
        rows, silent = _rows(w, cell, added, wage, high, inside)
        note = f"{got:.1%} of the value is added at {rule.threshold or 0:g} USD an hour or more, {share:.0%} is asked"
        if silent and most > least:
            note += f"; {', '.join(silent)} say no wage_per_hour: it may be up to {most:.1%}"
        found.append(Finding(w.name(cell), status, got, share, margin, "share", note, tuple(rows)))
    return found


def _rows(w: Audited, cell: int, added: Floats, wage: Floats, high: Bools, inside: Bools) -> tuple[list[Row], list[str]]:
    """Value added by site in a unit of the cell, and the sites inside that say no wage."""
    m = w.mixing
    one = np.array([cell])
    share = w.behind(one, np.ones(1))
    money, rows, silent = w.a.settings.currency, [], []
    per_site: dict[int, list[float]] = {}
    for run in np.flatnonzero((share[m.run_cell] > 0) & ~np.isnan(added)).tolist():
        site = int(w.site_of(m.run_cell[run : run + 1])[0])
        held = per_site.setdefault(site, [0.0, float(wage[run]), float(high[run]), float(inside[run])])
        held[0] += float(added[run] * share[m.run_cell[run]])
    for site, (amount, pay, counts, here) in sorted(per_site.items(), key=lambda pair: -abs(pair[1][0])):
        name = w.a.sites.ids[site]
        if here and np.isnan(pay):
            silent.append(name)
        words = "counts" if counts else "outside" if not here else "no wage_per_hour is said" if np.isnan(pay) else "below the wage floor"
        rows.append(
            Row(
                "sites",
                f"site_id={name}",
                amount,
                f"{money}/unit",
                None if np.isnan(pay) else pay,
                f"{money}/hour",
                f"value added: {words}",
            )
        )
    return rows, silent
