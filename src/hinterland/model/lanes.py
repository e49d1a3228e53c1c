"""Lanes as engines see them: one row per lane and product, with what a unit pays, emits and waits in each period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.freight import LegRates, lane_sums, match_rates, parse_legs, passage_id, split_passages
from hinterland.model.borders import LaneDuties, lane_duties
from hinterland.model.dated import Dated, day_spans, step_weights
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Floats
    from hinterland.freight import Legs
    from hinterland.model.network import Network

    Bools = npt.NDArray[np.bool_]

__all__ = ["LaneRates", "lane_products", "lane_rates", "leg_rates", "pool_values", "product_users"]


@dataclass(frozen=True, slots=True)
class LaneRates:
    """Every lane-product, sorted by (lane_id, product_id); matrices have shape (lanes, periods).

    `lanes` has lane_id, product_id, from_site, to_site, mode_chain, capacity_group, min_quantity_if_used,
    gross_t_per_unit, mass_t_per_unit, km, passages (names joined by |, empty where there are none, null where goods go by sea and
    nothing says through what), lane_row (row in the lanes table). Money is in settings.currency per product unit; `capacity` in units per period (inf: none); `open_share` is the share of days with a valid lane.
    `duties` has what is due at the border, without a claim and under each; `duty_per_unit` is what is due without one.
    """

    lanes: pl.DataFrame
    open_share: Floats
    capacity: Floats
    freight_per_unit: Floats
    co2e_kg_per_unit: Floats
    days: Floats
    value_per_unit: Floats
    duties: LaneDuties
    transit_holding_per_unit: Floats
    qualification_cost: Floats

    @property
    def duty_per_unit(self) -> Floats:
        """Duty of goods that claim nothing; nothing where it cannot be told because the customs value is not known."""
        return np.nan_to_num(self.duties.plain)

    @property
    def duty_share(self) -> Floats:
        """Duty of goods that claim nothing over their customs value, specific duties included; 0 where nothing is due."""
        due = self.duty_per_unit
        return np.divide(due, self.duties.customs_value, out=np.zeros_like(due), where=(due > 0) & (self.duties.customs_value > 0))


def product_users(net: Network) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs (site_id, product_id) that can give a product, and pairs that can take it; both sorted and unique."""
    made = net["processes"].join(net["recipes"].select("recipe_id", good="product_id"), on="recipe_id", how="left")
    made = made.with_columns(good=pl.coalesce("good", "product_id"))
    lines = made.select("site_id", "recipe_id").join(
        net["recipe_lines"].select("recipe_id", "product_id", "role"), on="recipe_id", how="inner"
    )
    pair = ["site_id", "product_id"]
    gives = pl.concat(
        [
            made.select("site_id", product_id="good"),
            lines.filter(pl.col("role") != "input").select(pair),
            net["purchases"].select(pair),
            net["stocks"].select(pair),
        ]
    )
    takes = pl.concat([lines.filter(pl.col("role") == "input").select(pair), net["demand"].select(pair), net["stocks"].select(pair)])
    return gives.unique().sort(pair), takes.unique().sort(pair)


def lane_products(net: Network) -> pl.DataFrame:
    """One row per lane and product it may carry: groups and stages opened, empty cells filled from the two sites."""
    lanes = net["lanes"].with_columns(lane_row=pl.int_range(pl.len(), dtype=pl.Int64))
    known = net["products"]["product_id"].implode()
    plain = lanes.filter(pl.col("product_id").is_in(known))
    other = lanes.filter(~pl.col("product_id").is_in(known) | pl.col("product_id").is_null())
    parts = [plain]
    if other.height:
        scopes, (gives, takes) = Scopes(net), product_users(net)
        empty = other.filter(pl.col("product_id").fill_null("").is_in(["", "*"]))
        pairs = gives.rename({"site_id": "from_site"}).join(takes.rename({"site_id": "to_site"}), on="product_id")
        parts.append(empty.drop("product_id").join(pairs, on=["from_site", "to_site"]).select(lanes.columns))
        for cell, rows in other.join(empty.select("lane_row"), on="lane_row", how="anti").group_by("product_id"):
            names = sorted(scopes.products(str(cell[0])) or ())
            opened = rows.drop("product_id").join(pl.DataFrame({"product_id": names}, schema={"product_id": pl.String}), how="cross")
            parts.append(opened.select(lanes.columns))
    return pl.concat(parts).sort("lane_id", "product_id")


def pool_values(net: Network, pools: pl.DataFrame, *, net_cost: bool = False, declared_co2e: bool = False) -> Floats:
    """product_values of each (site_id, product_id) row: the narrowest from_group that holds the site; (rows, periods).

    NaN where no row speaks of the pair. A value holds until the next valid_from of the same product and group. With
    `net_cost` the net cost of each row, where it has one, in place of the value; with `declared_co2e` its kilograms of
    CO2e declared at a border, 0 where it has none.
    """
    dated, scopes = Dated(net), Scopes(net)
    values = net["product_values"]
    found = np.full((pools.height, len(dated.calendar)), np.nan)
    if values.height == 0 or pools.height == 0:
        return found
    keys = values.select(key=pl.struct(pl.col("product_id"), pl.col("from_group").fill_null("")).rank("dense").cast(pl.Int64))[
        "key"
    ].to_numpy()
    amounts = dated.values("product_values", "value_per_unit")
    if net_cost:
        own = dated.values("product_values", "net_cost_per_unit")
        amounts = np.where(np.isnan(own), amounts, own)
    if declared_co2e:
        amounts = dated.values("product_values", "declared_co2e_kg_per_unit", 0.0)
    weights = step_weights(keys, day_spans(values)[0], dated.calendar) * amounts
    sites, products = pools["site_id"].to_list(), pools["product_id"].to_list()
    best = [np.inf] * pools.height
    by_product: dict[str, list[int]] = {}
    for row, product in enumerate(products):
        by_product.setdefault(product, []).append(row)
    for key in np.unique(keys):
        rows = np.flatnonzero(keys == key)
        product, group = values["product_id"][int(rows[0])], values["from_group"][int(rows[0])]
        members, breadth = scopes.sites(group), scopes.breadth(group)
        path = weights[rows].sum(axis=0)
        for row in by_product.get(product, ()):
            if breadth < best[row] and (members is None or sites[row] in members):
                best[row], found[row] = breadth, path
    return found


def leg_rates(net: Network, lanes: pl.DataFrame, legs: Legs, classes: list[str]) -> tuple[LegRates, Bools]:
    """Rates of each leg, and which legs a freight rate speaks of; shapes (legs, periods), (legs,)."""
    dated, scopes = Dated(net), Scopes(net)
    modes, rates = net["modes"], net["freight_rates"]
    position = {mode: row for row, mode in enumerate(modes["mode_id"].to_list())}
    row = np.array([position.get(mode, -1) for mode in legs.modes], dtype=np.int64)[legs.mode]

    def of_mode(column: str, default: float) -> Floats:
        table = np.vstack([dated.values("modes", column, default), np.full(len(dated.calendar), default)])
        return table[row]

    t = len(dated.calendar)
    cost_t, cost_tkm, add = np.zeros((len(row), t)), np.zeros((len(row), t)), np.zeros((len(row), t))
    co2e = of_mode("co2e_kg_per_tkm", 0.0)
    has = np.zeros(len(row), dtype=bool)
    if rates.height:
        key = pl.struct("mode_id", *[pl.col(c).fill_null("") for c in ("from_group", "to_group", "freight_class")])
        keys = rates.select(k=key.rank("dense").cast(pl.Int64))["k"].to_numpy()
        weights = step_weights(keys, day_spans(rates)[0], dated.calendar)
        mode_name = np.array(legs.modes, dtype=object)[legs.mode]
        start = np.array(lanes["from_site"].to_list(), dtype=object)[legs.lane]
        end = np.array(lanes["to_site"].to_list(), dtype=object)[legs.lane]
        kind = np.array(classes, dtype=object)[legs.lane]
        firsts = [int(np.flatnonzero(keys == k)[0]) for k in np.unique(keys)]
        rules = []
        for at in firsts:
            one = rates.row(at, named=True)
            mask = mode_name == one["mode_id"]
            for cell, places in ((one["from_group"], start), (one["to_group"], end)):
                members = scopes.sites(cell)
                if members is not None:
                    mask &= np.isin(places, list(members))
            if one["freight_class"]:
                mask &= kind == one["freight_class"]
            rank = (float(bool(one["freight_class"])), -scopes.breadth(one["from_group"]) - scopes.breadth(one["to_group"]))
            rules.append((rank, mask))
        chosen = match_rates(len(row), rules)

        def path(column: str) -> Floats:
            """Value of each rate key by period; NaN where every row of the key leaves the cell empty."""
            cells = weights * dated.values("freight_rates", column)
            return np.array([cells[keys == k].sum(axis=0) for k in np.unique(keys)])

        has = chosen >= 0
        for column, into in (("cost_per_t", cost_t), ("cost_per_tkm", cost_tkm), ("lead_time_add_days", add)):
            into[has] = np.nan_to_num(path(column))[chosen[has]]
        override = path("co2e_kg_per_tkm")[chosen[has]]
        co2e[has] = np.where(np.isnan(override), co2e[has], override)
    sums = LegRates(
        cost_t,
        cost_tkm,
        co2e,
        of_mode("co2e_kg_per_t_handled", 0.0),
        of_mode("speed_km_per_day", np.nan),
        of_mode("handling_days", 0.0) + add,
    )
    return sums, has


def _unpriced(net: Network, lanes: pl.DataFrame, legs: Legs, priced: Bools, cost: Floats) -> list[Issue]:
    """Lanes that give no cost and have a leg whose mode has no freight rate there: they would move goods for nothing."""
    bare = np.flatnonzero(~priced & np.asarray(np.isnan(cost).any(axis=1))[legs.lane] & np.isfinite(legs.km))
    rows, first = np.unique(lanes["lane_row"].to_numpy()[legs.lane[bare]], return_index=True)
    numbers, names = net["lanes"]["_row"], net["lanes"]["lane_id"]
    return [
        Issue(
            "lanes",
            numbers[int(row)],
            "cost_per_unit",
            "missing_freight_rate",
            what=f"lane {names[int(row)]} has no cost, and its {legs.modes[legs.mode[bare[at]]]} leg no freight rate",
            why="goods would move for nothing",
            fix="fill cost_per_unit, or add a row to freight_rates for this mode and route",
        )
        for row, at in zip(rows, first, strict=True)
    ]


def _unvalued(lanes: pl.DataFrame, due: Bools) -> list[Issue]:
    """Products that pay a duty and have no customs value."""
    pairs = lanes.filter(pl.Series(due)).group_by("product_id", "from_site").agg(pl.col("lane_id").min()).sort("product_id", "from_site")
    return [
        Issue(
            "product_values",
            None,
            "value_per_unit",
            "missing_value",
            what=f"{product} from {site} has no value",
            why=f"a duty is due on lane {lane}, as a share of the customs value",
            fix=f"add a row for {product} to product_values",
        )
        for product, site, lane in pairs.iter_rows()
    ]


def _or_computed(given: Floats, computed: Floats) -> Floats:
    return np.where(np.isnan(given), computed, given)


def _known_passages(net: Network, lanes: pl.DataFrame, legs: Legs) -> pl.Series:
    """Passages of each lane by their own names; empty over land and through the air, null for a leg by sea that tells none."""
    kinds = dict(net["modes"].select("mode_id", "kind").iter_rows())
    by_sea = np.zeros(lanes.height, dtype=bool)
    by_sea[legs.lane[np.array([kinds.get(mode) == "sea" for mode in legs.modes], dtype=bool)[legs.mode]]] = True
    cells = lanes["passages"]
    told = {cell: "|".join(passage_id(name) or name for name in split_passages(cell)) for cell in cells.drop_nulls().unique().to_list()}
    named = cells.replace_strict(told, default=None, return_dtype=pl.String) if told else cells
    return pl.select(passages=pl.when(named.is_null() & ~pl.Series(by_sea)).then(pl.lit("")).otherwise(named)).to_series()


def lane_rates(net: Network) -> LaneRates:
    """Evaluate every lane-product of a resolved network; costs of a lane are those of its legs unless given.

    Raises InvalidTables where a lane has neither cost nor freight rates, or a duty is due on goods without a value.
    """
    dated = Dated(net)
    calendar = dated.calendar
    products = net["products"].select(
        "product_id",
        "freight_class",
        mass_t_per_unit=pl.col("mass_kg_per_unit").fill_null(0.0) / 1000.0,
        gross_t_per_unit=pl.coalesce("gross_mass_kg_per_unit", "mass_kg_per_unit").fill_null(0.0) / 1000.0,
    )
    lanes = lane_products(net).join(products, on="product_id", how="left", maintain_order="left")
    at = lanes["lane_row"].to_numpy()
    legs = parse_legs(lanes)
    classes = [c or "" for c in lanes["freight_class"].to_list()]
    rates, priced = leg_rates(net, lanes, legs, classes)
    cost_t, co2e_t, days = lane_sums(legs, rates, lanes.height)
    gross = lanes["gross_t_per_unit"].to_numpy()[:, None]

    def given(column: str) -> Floats:
        return dated.values("lanes", column)[at]

    issues = _unpriced(net, lanes, legs, priced, given("cost_per_unit")) if not priced.all() else []
    first, last = day_spans(net["lanes"])
    qualified, _ = day_spans(net["lanes"], "qualified_from")
    open_share = calendar.weight(np.maximum(first, qualified), last)[at]
    capacity = given("capacity_per_year") * calendar.years * open_share
    values = pool_values(
        net, lanes.select("from_site", "product_id").unique().rename({"from_site": "site_id"}).sort("site_id", "product_id")
    )
    pairs = lanes.select("from_site", "product_id").unique().sort("from_site", "product_id").with_row_index("pair")
    pair = lanes.join(pairs, on=["from_site", "product_id"], how="left", maintain_order="left")["pair"].to_numpy()
    value = values[pair] if lanes.height else np.zeros((0, len(calendar)))
    lead = _or_computed(given("lead_time_days"), days)
    stocks = net["stocks"].with_columns(stock_row=pl.int_range(pl.len(), dtype=pl.Int64)).select("site_id", "product_id", "stock_row")
    holder = lanes.join(stocks, left_on=["to_site", "product_id"], right_on=["site_id", "product_id"], how="left", maintain_order="left")
    rows = holder["stock_row"].fill_null(-1).to_numpy()
    share = np.vstack([dated.values("stocks", "holding_cost_share_per_year", 0.0), np.zeros(len(calendar))])[rows]
    km = np.zeros(lanes.height)
    np.add.at(km, legs.lane, np.nan_to_num(legs.km))
    told = lanes.select(
        "lane_id",
        "product_id",
        "from_site",
        "to_site",
        "mode_chain",
        "capacity_group",
        "min_quantity_if_used",
        "gross_t_per_unit",
        "mass_t_per_unit",
        "passages",
        "lane_row",
    ).with_columns(km=pl.Series(km), passages=_known_passages(net, lanes, legs))

    def freight(other: Network) -> Floats:
        """Freight per unit of each lane-product over the periods of the same network, cut otherwise."""
        there, _ = leg_rates(other, lanes, legs, classes)
        return _or_computed(Dated(other).values("lanes", "cost_per_unit")[at], gross * lane_sums(legs, there, lanes.height)[0])

    duties = lane_duties(net, told, values=pool_values, freight=freight)
    issues += _unvalued(told, (np.isnan(duties.plain) & (open_share > 0)).any(axis=1))
    if issues:
        raise InvalidTables(issues)
    return LaneRates(
        lanes=told,
        open_share=open_share,
        capacity=np.where(np.isnan(capacity), np.where(open_share > 0, np.inf, 0.0), capacity),
        freight_per_unit=_or_computed(given("cost_per_unit"), gross * cost_t),
        co2e_kg_per_unit=_or_computed(given("co2e_kg_per_unit"), gross * co2e_t),
        days=lead,
        value_per_unit=value,
        duties=duties,
        transit_holding_per_unit=np.nan_to_num(value) * lead / 365.0 * share,
        qualification_cost=np.nan_to_num(given("qualification_cost")),
    )
