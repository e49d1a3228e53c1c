"""What a given plan decides beforehand: yesterday's openings in tomorrow's world, or a planner's own rows to be completed.

Each given row becomes a row of the model, so that a conflict can name it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hinterland.core.errors import InfeasibleDesign, InvalidScenario, Issue
from hinterland.design.figures import in_figures
from hinterland.design.terms import Term, add_rows, term
from hinterland.model.accounts.placing import place_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint
    from hinterland.model.arrays import Arrays
    from hinterland.model.plan import Plan

__all__ = ["Given", "complete_plan", "forced_by", "keep_decisions", "refuse_unsigned"]


@dataclass(frozen=True, slots=True)
class Given:
    """Blocks of rows that a plan gave: block name to (words, period_id, unit) by row number; no unit: a yes or no."""

    words: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)


def refuse_unsigned(a: Arrays, plan: Plan) -> None:
    """A plan's contracts can be kept only where this world has signed them. Raises InvalidScenario."""
    status = dict(a.net["contracts"].select("contract_id", "status").iter_rows())
    strange = [one for one in plan["signed"]["contract_id"].to_list() if status.get(one) != "signed"]
    if strange:
        raise InvalidScenario(
            [
                Issue(
                    "contracts",
                    None,
                    "status",
                    "contract_not_signed",
                    what=f"the plan has signed contract {one}, this world has not",
                    why=f"it is {'an option' if status.get(one) == 'option' else 'not there'} under {', '.join(a.net.scenarios) or 'the plain tables'}",
                    fix="name the plan's strategy behind the scenario, so that it signs the contract: [world, strategy]",
                )
                for one in strange
            ]
        )


@dataclass(frozen=True, slots=True)
class _Keys:
    """The model's entries by the key columns that a plan table has: values by entry, and entries by value."""

    values: dict[str, list[Any]]
    places: dict[str, dict[Any, list[int]]]

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: dict[str, list[Any]]) -> _Keys:
        values = {name: cells for name, cells in columns.items() if name in frame.columns}
        places: dict[str, dict[Any, list[int]]] = {name: {} for name in values}
        for name, cells in values.items():
            for at, cell in enumerate(cells):
                places[name].setdefault(cell, []).append(at)
        return cls(values, places)

    def matching(self, row: dict[str, Any]) -> Ints:
        """Entries that agree with every filled cell of a plan row, looked up by the cell that fewest entries share."""
        filled = sorted((len(self.places[name].get(row[name], ())), name) for name in self.values if row[name] is not None)
        if not filled:
            return np.zeros(0, dtype=np.int64)
        first = self.places[filled[0][1]].get(row[filled[0][1]], [])
        others = [name for _, name in filled[1:]]
        return np.array([at for at in first if all(self.values[name][at] == row[name] for name in others)], dtype=np.int64)


def _said(row: dict[str, Any]) -> str:
    """A plan row's place in words."""
    if "from_site" in row:
        way = f"{row['from_site'] or '?'} → {row['to_site'] or '?'}"
        lane = f" on lane {row['lane_id']}" if row["lane_id"] else ""
        return f"{row['product_id'] or 'goods'} {way if row['from_site'] or not lane else ''}{lane}".replace("  ", " ").strip()
    what = row.get("product_id") or row.get("recipe_id")
    detail = [str(row[name]) for name in ("offer_id", "segment") if row.get(name)]
    if row.get("vintage") and row["vintage"] != "existing":
        detail.append(f"modules of {row['vintage']}")
    return f"{what} at {row['site_id']}{' (' + ', '.join(detail) + ')' if detail else ''}" if what else str(row["site_id"])


@dataclass
class _Writer:
    """Collects the rows of one block, and what no decision of the model can meet."""

    b: Blueprint
    given: Given
    impossible: list[str]

    def add(self, block: str, variable: str, frame: pl.DataFrame, keys: dict[str, list[Any]], column: str, words: str,
            most: Callable[[Ints], float] | None = None) -> None:  # fmt: skip
        """One row Σ entries = value per plan row; with `most` the model counts what is missing to it: most − Σ entries = value."""
        if not frame.height:
            return
        found = _Keys.of(frame, keys)
        terms: list[Term] = []
        right: list[float] = []
        told: list[tuple[str, str, str]] = []
        for row in frame.iter_rows(named=True):
            value = row[column]
            if value is None:
                continue
            entries = found.matching(row)
            unit = _unit(self.b.draft.arrays, row) if "product_id" in row else ""
            text = words.format(place=_said(row), value=in_figures(value), unit=unit)
            if not len(entries):
                if abs(value) > 0:
                    self.impossible.append(f"{text} in {row['period_id']}: nothing in the tables allows it there and then")
                continue
            terms.append(term(self.b.draft, variable, np.full(len(entries), len(right)), -1.0 if most else 1.0, entries))
            right.append(float(value) - (most(entries) if most else 0.0))
            told.append((text, row["period_id"], unit))
        if right:
            add_rows(self.b.draft, block, "plan_row", terms, "=", np.array(right))
            self.given.words[block] = told


def _unit(a: Arrays, row: dict[str, Any]) -> str:
    product = row.get("product_id")
    return a.products.unit[a.products.ids.index(product)] if product in a.products.ids else "units"


def _openings(w: _Writer, plan: Plan, *, all_sites: bool) -> None:
    """Rows for open, started and stopped; with `all_sites` a site that the plan does not name stays as it is: shut."""
    import polars as pl

    a = w.b.draft.arrays
    periods = list(a.calendar.ids)
    frame = plan["openings"]
    gated = [a.sites.ids[site] for site in a.sites.gated]
    for row in frame.filter(~pl.col("site_id").is_in(gated)).iter_rows(named=True):
        status = a.sites.status[a.sites.ids.index(row["site_id"])] if row["site_id"] in a.sites.ids else "not there"
        if row["open"] is not None and (row["open"] > 0) != (status == "operating"):
            w.impossible.append(
                f"the plan has {row['site_id']} {'open' if row['open'] else 'shut'} in {row['period_id']}: the site is {status}"
            )
    here = frame.filter(pl.col("site_id").is_in(gated))
    if all_sites and gated:
        grid = pl.DataFrame({"site_id": gated}).join(pl.DataFrame({"period_id": periods}), how="cross", maintain_order="left")
        here = grid.join(here, on=["site_id", "period_id"], how="left", maintain_order="left").with_columns(
            pl.col("open", "started", "stopped").fill_null(0)
        )
    keys = {"site_id": [site for site in gated for _ in periods], "period_id": periods * len(gated)}
    for column, variable, words in (
        ("open", "open", "the plan's opening of {place} (open = {value})"),
        ("started", "start", "the plan's start of {place} (started = {value})"),
        ("stopped", "stop", "the plan's stop of {place} (stopped = {value})"),
    ):
        if w.b.draft.has(variable):
            w.add(f"plan_{column}", variable, here.select("site_id", "period_id", column), keys, column, words)


def _modules(w: _Writer, plan: Plan, *, all_lines: bool) -> None:
    import polars as pl

    a = w.b.draft.arrays
    modules, lines = a.making.modules, a.making.lines
    keys = lines.rows.select("site_id", "recipe_id", "good").rows()
    entries = {
        "site_id": [keys[k][0] for k in modules.line],
        "recipe_id": [keys[k][1] or None for k in modules.line],
        "product_id": [keys[k][2] for k in modules.line],
        "period_id": [a.calendar.ids[v] for v in modules.vintage],
    }
    frame = plan["modules"]
    if all_lines and len(modules.line):
        grid = pl.DataFrame(entries, schema=dict.fromkeys(entries, pl.String))
        known = frame.join(grid, on=list(entries), how="anti", nulls_equal=True)  # named by the plan, not allowed here
        filled = grid.join(frame, on=list(entries), how="left", nulls_equal=True, maintain_order="left")
        frame = pl.concat([filled.with_columns(pl.col("added").fill_null(0)), known.select(filled.columns)])
    w.add("plan_modules", "module", frame, entries, "added", "the plan's modules of {place} ({value} added)")


def keep_decisions(b: Blueprint, plan: Plan) -> Given:
    """Openings and modules as the plan has them, all the rest free; what the plan does not name is not opened, not added.

    Raises InvalidScenario where the plan has signed a contract that this world has not; InfeasibleDesign where it opens
    or adds what this world does not allow.
    """
    w = _Writer(b, Given(), [])
    _openings(w, plan, all_sites=True)
    _modules(w, plan, all_lines=True)
    return _checked(w)


def complete_plan(b: Blueprint, plan: Plan) -> Given:
    """Every row the plan gives is kept, whatever its table; empty cells of a key stand for all that fits."""
    a = b.draft.arrays
    w = _Writer(b, Given(), [])
    periods = a.calendar.ids
    flows, out, lines, offers, demand, stocks, disposal, pools = (
        a.flows, a.making.outputs, a.making.lines, a.offers, a.demand, a.stocks, a.disposal, a.pools
    )  # fmt: skip
    moved = {name: flows.rates.lanes[name].to_list() for name in ("lane_id", "from_site", "to_site", "product_id", "mode_chain")}

    def by(values: list[Any], picked: Ints) -> list[Any]:
        return [values[at] for at in picked.tolist()]

    sites, products = a.sites.ids, a.products.ids
    w.add("plan_flows", "flow", _ungraded(plan),
          {name: by(values, flows.lane) for name, values in moved.items()} | {"period_id": by(list(periods), flows.period)},
          "quantity", "the plan's flow of {place} ({value} {unit})")  # fmt: skip
    recipe = [one or None for one in lines.rows["recipe_id"].to_list()]
    w.add("plan_outputs", "made", plan["outputs"],
          {"site_id": by(sites, lines.site[out.line]), "recipe_id": by(recipe, out.line), "product_id": by(products, lines.product[out.line]),
           "vintage": [periods[v] if v >= 0 else "existing" for v in out.vintage.tolist()], "period_id": by(list(periods), out.period)},
          "quantity", "the plan's output of {place} ({value} {unit})")  # fmt: skip
    offer = offers.rows.select("site_id", "product_id", "offer_id")
    w.add("plan_purchased", "bought", plan["purchased"],
          {name: by(offer[name].to_list(), offers.offer) for name in offer.columns} | {"period_id": by(list(periods), offers.period)},
          "quantity", "the plan's purchase of {place} ({value} {unit})")  # fmt: skip
    wanted = demand.rows.select("site_id", "product_id", "segment", "period_id")
    w.add("plan_delivered", "short", plan["delivered"], {name: wanted[name].to_list() for name in wanted.columns},
          "quantity", "the plan's delivery of {place} ({value} {unit})",
          most=lambda entries: float(demand.quantity[entries].sum()))  # fmt: skip
    held = np.repeat(stocks.pool, len(periods))
    w.add("plan_stocked", "stock", plan["stocked"],
          {"site_id": by(sites, pools.site[held]), "product_id": by(products, pools.product[held]), "period_id": list(periods) * len(stocks.pool)},
          "quantity", "the plan's stock of {place} ({value} {unit})")  # fmt: skip
    thrown = disposal.pool
    w.add("plan_disposed", "disposed", plan["disposed"],
          {"site_id": by(sites, pools.site[thrown]), "product_id": by(products, pools.product[thrown]), "period_id": by(list(periods), disposal.period)},
          "quantity", "the plan's disposal of {place} ({value} {unit})")  # fmt: skip
    _claims(w, plan)
    _openings(w, plan, all_sites=False)
    _modules(w, plan, all_lines=False)
    return _checked(w)


def _ungraded(plan: Plan) -> pl.DataFrame:
    """Flows of a plan with the grades of one lane added up."""
    import polars as pl

    flows = plan["flows"]
    keys = [name for name in flows.columns if name not in {"grade", "quantity"}]
    some = pl.col("quantity").is_not_null().any()
    return flows.group_by(keys, maintain_order=True).agg(pl.when(some).then(pl.col("quantity").sum()).alias("quantity"))


def _claims(w: _Writer, plan: Plan) -> None:
    """Grades and claimed output as the plan has them; which inputs are clean for them is left to the solver."""
    a, d = w.b.draft.arrays, w.b.draft
    c, out = a.claims, a.making.outputs
    p = place_plan(a, plan)
    built = c.lot_built[c.claim_lot]
    key = c.lot_rule[c.claim_lot] * max(len(out.line), 1) + c.claim_output
    for block, variable, which, amounts, of in (
        ("plan_grades", "carried", p.graded, p.flow[p.graded_row], np.arange(len(c.carried_flow))),
        ("plan_claims", "claimed", key[p.claim], p.claimed, np.where(built, key, -1)),
    ):
        told, right, terms = list[tuple[str, str, str]](), list[float](), list[Term]()
        for one in np.unique(which).tolist():
            value = float(amounts[which == one].sum())
            entries = np.flatnonzero(of == one)
            if variable == "carried":
                flow = int(c.carried_flow[one])
                lane, period, rule = int(a.flows.lane[flow]), int(a.flows.period[flow]), c.rules[int(c.carried_rule[one])]
                product = int(a.flows.product[lane])
                place = f"{a.products.ids[product]} {a.sites.ids[a.flows.from_site[lane]]} → {a.sites.ids[a.flows.to_site[lane]]}"
            else:
                rule, entry = c.rules[one // len(out.line)], one % len(out.line)
                line, period = int(out.line[entry]), int(out.period[entry])
                product = int(a.making.lines.product[line])
                place = f"{a.products.ids[product]} at {a.sites.ids[a.making.lines.site[line]]}"
            unit = a.products.unit[product]
            text = f"the plan's claim of {place} under {rule} ({in_figures(value)} {unit})"
            if not len(entries):
                if value > 0:
                    w.impossible.append(f"{text} in {a.calendar.ids[period]}: nothing in the tables can meet it")
                continue
            terms.append(term(d, variable, np.full(len(entries), len(right)), 1.0, entries))
            right.append(value)
            told.append((text, a.calendar.ids[period], unit))
        if right:
            add_rows(d, block, "plan_row", terms, "=", np.array(right))
            w.given.words[block] = told


def _checked(w: _Writer) -> Given:
    if w.impossible:
        raise InfeasibleDesign(w.impossible, [], irreducible=True)
    return w.given


def forced_by(a: Arrays, plan: Plan) -> Floats:
    """Quantities of each product that a plan's rows ask for; shape (products, periods). They widen the model's bounds."""
    more = np.zeros((len(a.products.ids), len(a.calendar)))
    place = {one: at for at, one in enumerate(a.products.ids)}
    when = {one: at for at, one in enumerate(a.calendar.ids)}
    goods = dict(a.net["recipes"].select("recipe_id", "product_id").iter_rows())
    for table in ("flows", "outputs", "purchased", "stocked", "disposed"):
        for row in plan[table].iter_rows(named=True):
            product = row["product_id"] or goods.get(row.get("recipe_id"))
            if product in place and row["period_id"] in when and row["quantity"]:
                more[place[product], when[row["period_id"]]] += row["quantity"]
    return more
