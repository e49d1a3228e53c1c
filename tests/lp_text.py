"""The rows of a block as text, and the same text typed by hand: `flow[near-plant|part|2026] - 5 open[near|2026] <= 0`."""

from __future__ import annotations

import re

import numpy as np

from hinterland.design.build import Blueprint, build
from hinterland.model.arrays import arrays_of
from worlds import Tables, network

Row = tuple[tuple[tuple[str, float], ...], str, float]
_TERM = re.compile(r"([+-]?)\s*([0-9.e]*)\s*([a-z_]+\[[^\]]*\])")


def names_of(b: Blueprint) -> dict[int, str]:
    """Solver label to `variable[key|…|period]`."""
    a = b.draft.arrays
    periods, sites, products = a.calendar.ids, a.sites.ids, a.products.ids
    pools = [f"{sites[s]}|{products[p]}" for s, p in zip(a.pools.site, a.pools.product, strict=True)]
    lanes = [f"{lane}|{product}" for lane, product in a.flows.rates.lanes.select("lane_id", "product_id").iter_rows()]
    lines = [f"{sites[s]}|{products[p]}" for s, p in zip(a.making.lines.site, a.making.lines.product, strict=True)]
    out, modules, offers, demand = a.making.outputs, a.making.modules, a.offers, a.demand
    vintages = ["existing" if v < 0 else periods[v] for v in out.vintage]
    gated = [sites[site] for site in a.sites.gated]
    capped = [
        row["incentive_id"] for row in a.net["incentives"].sort("incentive_id").iter_rows(named=True) if row["cap_amount"] is not None
    ]

    def by_period(keys: list[str]) -> list[str]:
        return [f"{key}|{period}" for key in keys for period in periods]

    entries = {
        "flow": [f"{lanes[at]}|{periods[t]}" for at, t in zip(a.flows.lane, a.flows.period, strict=True)],
        "made": [f"{lines[k]}|{v}|{periods[t]}" for k, v, t in zip(out.line, vintages, out.period, strict=True)],
        "bought": [f"{pools[offers.pool[o]]}|{periods[t]}" for o, t in zip(offers.offer, offers.period, strict=True)],
        "short": [f"{pools[pool]}|{periods[t]}" for pool, t in zip(demand.pool, demand.period, strict=True)],
        "stock": by_period([pools[pool] for pool in a.stocks.pool]),
        "disposed": [f"{pools[pool]}|{periods[t]}" for pool, t in zip(a.disposal.pool, a.disposal.period, strict=True)],
        "open": by_period(gated),
        "start": by_period(gated),
        "stop": by_period(gated),
        "module": [f"{lines[k]}|{periods[v]}" for k, v in zip(modules.line, modules.vintage, strict=True)],
        "lane_used": by_period([lanes[at] for at in b.switches.least]),
        "lane_tested": by_period([lanes[at] for at in b.switches.tested]),
        "group_used": by_period([b.switches.groups[at] for at in b.switches.paid]),
        "broken": [f"{b.rules[at].policy_id}|{periods[b.rules[at].period]}" for at in b.soft],
        "unpaid": [f"{b.deals[c].contract_id}|{a.calendar.year_shares()[0][y]}" for c, y in zip(*b.unpaid, strict=True)],
        "credit": by_period(capped),
        "nothing": [""],
        **claims_of(b, pools, lanes, vintages),
    }
    return {
        int(label): f"{variable}[{key}]"
        for variable, keys in entries.items()
        if b.draft.has(variable)
        for label, key in zip(b.draft.labels(variable), keys, strict=True)
    }


def claims_of(b: Blueprint, pools: list[str], lanes: list[str], vintages: list[str]) -> dict[str, list[str]]:
    """Names of the claims: `claimed[plant|car|existing|usmca|rvc_tv|2026]`, `clean[plant|car|usmca|rvc_tv|part|2026]`."""
    a = b.draft.arrays
    c, periods, out = a.claims, a.calendar.ids, a.making.outputs
    lots = [f"{c.rules[r]}|{method}" for r, method in zip(c.lot_rule, c.lot_method, strict=True)]
    return {
        "claimed": [
            f"{pools[c.lot_pool[lot]]}|{vintages[e]}|{lots[lot]}|{periods[out.period[e]]}"
            for lot, e in zip(c.claim_lot, c.claim_output, strict=True)
        ],
        "clean": [
            f"{pools[c.lot_pool[lot]]}|{lots[lot]}|{a.products.ids[a.pools.product[pool]]}|{periods[c.lot_period[lot]]}"
            for lot, pool in zip(c.input_lot, c.input_pool, strict=True)
        ],
        "carried": [
            f"{lanes[a.flows.lane[e]]}|{c.rules[r]}|{periods[a.flows.period[e]]}"
            for r, e in zip(c.carried_rule, c.carried_flow, strict=True)
        ],
        "claim_all": [
            f"{pools[c.lot_pool[lot]]}|{lots[lot]}|{periods[c.lot_period[lot]]}" for lot in np.flatnonzero(c.lot_built & ~c.lot_sure)
        ],
        "refunded": [f"{lanes[a.flows.lane[e]]}|{periods[a.flows.period[e]]}" for e in a.refunds.refund_flow],
        "spoilt": [
            f"{pools[a.disposal.pool[e]]}|{c.rules[r]}|{periods[a.disposal.period[e]]}"
            for r, e in zip(c.spoilt_rule, c.spoilt_entry, strict=True)
        ],
    }


def rows_of(tables: Tables, *blocks: str) -> set[Row]:
    """Rows of the named constraints of the model of some tables."""
    b = build(arrays_of(network(tables)))
    names, matrices = names_of(b), b.draft.model.matrices
    grid = matrices.A.tocsr()
    labels = np.asarray(matrices.vlabels)
    found: set[Row] = set()
    at = 0
    for name in b.draft.model.constraints:
        size = len(next(iter(b.draft.model.constraints[name].indexes.values())))
        if name in blocks:
            for row in range(at, at + size):
                part = slice(grid.indptr[row], grid.indptr[row + 1])
                pairs = zip(grid.indices[part], grid.data[part], strict=True)
                terms = sorted((names[int(labels[column])], float(value)) for column, value in pairs if value != 0)
                found.add((tuple(terms), {"<": "<=", ">": ">="}.get(matrices.sense[row][0], "="), float(matrices.b[row])))
        at += size
    return found


def row(text: str) -> Row:
    """One row from text typed by hand; the order of terms is free."""
    left, sign, right = re.split(r"\s(<=|>=|=)\s", text.strip())
    terms = [(name, float(amount or 1.0) * (-1.0 if minus == "-" else 1.0)) for minus, amount, name in _TERM.findall(left)]
    assert len(terms) == left.count("["), text
    return tuple(sorted(terms)), sign, float(right)


def _shown(rows: set[Row]) -> str:
    return "\n".join(
        sorted(" ".join(f"{value:+.6g} {name}" for name, value in terms) + f" {sign} {right:.6g}" for terms, sign, right in rows)
    )


def _rounded(rows: set[Row]) -> set[Row]:
    return {(tuple((name, round(value, 9)) for name, value in terms), sign, round(right, 9) + 0.0) for terms, sign, right in rows}


def same_rows(tables: Tables, blocks: str | tuple[str, ...], text: str, where: str = "") -> None:
    """Hold the rows of constraints (those with `where` in a term) against a text, row by row and term by term."""
    named = (blocks,) if isinstance(blocks, str) else blocks
    found = {one for one in rows_of(tables, *named) if any(where in name for name, _ in one[0])}
    typed = {row(line) for line in text.strip().splitlines()}
    assert _rounded(found) == _rounded(typed), f"built:\n{_shown(found)}\ntyped:\n{_shown(typed)}"
