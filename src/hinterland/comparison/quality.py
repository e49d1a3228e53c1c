"""How much of cost and CO2e rests on which quality of input: the weakest row that multiplies into an amount."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.board import BOARD_FRAMES
from hinterland.model.lanes import lane_products
from hinterland.model.scopes import Scopes
from hinterland.model.where import Members, matching_rows

if TYPE_CHECKING:
    from hinterland.comparison.judged import Judged
    from hinterland.model.network import Network

__all__ = ["QUALITIES", "quality_of"]

QUALITIES = ("reported", "derived", "estimated", "assumed", "unstated")
"""From the strongest to the weakest."""
_WEAKEST = len(QUALITIES) - 1
_LANE = ["lane_id", "product_id"]


def _ranked(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        rank=pl.col("quality").replace_strict({name: at for at, name in enumerate(QUALITIES)}, default=_WEAKEST, return_dtype=pl.Int64)
    )


def _with_changes(net: Network) -> Network:
    """The same network, a row moved by `changes` being no better than the changes that move it."""
    members = Members.of(net.tables)
    tables = dict(net.tables)
    for table, where, rank in _ranked(net["changes"]).select("table", "where", "rank").iter_rows():
        frame = tables[table]
        moved = matching_rows(frame, where, members) & (_ranked(frame)["rank"] < rank)
        quality = pl.lit(QUALITIES[rank] if rank < _WEAKEST else None, dtype=pl.String)
        tables[table] = frame.with_columns(quality=pl.when(moved).then(quality).otherwise("quality"))
    return replace(net, tables=tables)


def _weakest(frame: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    """Weakest rank of the rows of each key; empty cells of keys equal ''."""
    return (
        _ranked(frame)
        .select(*[pl.col(key).cast(pl.String).fill_null("") for key in keys], "rank")
        .group_by(keys)
        .agg(pl.col("rank").max().alias(name))
    )


def _processes(net: Network) -> pl.DataFrame:
    """Rank of the line that makes a good: site_id, recipe_id, product_id (the good), heat_carrier, process."""
    good = net["recipes"].select("recipe_id", good="product_id")
    rows = net["processes"].join(good, on="recipe_id", how="left").with_columns(product_id=pl.coalesce("good", "product_id"))
    keys = ["site_id", "recipe_id", "product_id"]
    ranks = _weakest(rows, keys, "process")
    carriers = rows.select(*[pl.col(key).fill_null("") for key in keys], heat_carrier=pl.col("heat_carrier").fill_null("")).unique(keys)
    return ranks.join(carriers, on=keys)


def _energy(net: Network) -> pl.DataFrame:
    """Rank of each site's energy by carrier, electricity with its power contracts: site_id, carrier, energy."""
    zones = _weakest(net["energy"], ["zone", "carrier"], "energy")
    sites = net["sites"].select("site_id", "energy_zone", "country")
    found = []
    for order, column in enumerate(("site_id", "energy_zone", "country")):
        found.append(sites.join(zones, left_on=column, right_on="zone").select("site_id", "carrier", "energy", order=pl.lit(order)))
    nearest = pl.concat(found).sort("site_id", "carrier", "order").unique(["site_id", "carrier"], keep="first", maintain_order=True)
    contracts = _weakest(net["power_contracts"], ["site_id"], "contract").with_columns(carrier=pl.lit("electricity"))
    both = nearest.join(contracts, on=["site_id", "carrier"], how="left")
    return both.select("site_id", "carrier", energy=pl.max_horizontal("energy", "contract"))


def _lanes(net: Network, given: str, rates: pl.DataFrame) -> pl.DataFrame:
    """Rank of freight by lane and product: the lane row, and without a given amount also the product and its modes' rates."""
    products = _weakest(net["products"], ["product_id"], "mass")
    rows = _ranked(lane_products(net)).select(*_LANE, "mode_chain", "rank", told=pl.col(given).is_not_null())
    modes = (
        rows.select(*_LANE, mode=pl.col("mode_chain").fill_null("").str.split("+"))
        .explode("mode")
        .with_columns(pl.col("mode").str.strip_chars())
        .join(rates, on="mode", how="left")
        .group_by(_LANE)
        .agg(pl.col("rate").max())
    )
    joined = rows.join(products, on="product_id", how="left").join(modes, on=_LANE, how="left")
    computed = pl.max_horizontal("rank", pl.col("mass").fill_null(_WEAKEST), pl.col("rate").fill_null(_WEAKEST))
    return joined.select(*_LANE, freight=pl.when("told").then("rank").otherwise(computed))


def _values(net: Network) -> pl.DataFrame:
    return _weakest(net["product_values"], ["product_id"], "value")


def _duties(net: Network, flows: pl.DataFrame) -> pl.DataFrame:
    """Weakest of the duty rows that fit a border and the tariff lines of a product: from_site, to_site, product_id, duty."""
    scopes, country = Scopes(net), dict(net["sites"].select("site_id", "country").iter_rows())
    rules = [
        (scopes.countries(row["importer"]), scopes.countries(row["origin"]), (row["hs_prefix"] or "").replace(".", ""), int(row["rank"]))
        for row in _ranked(net["duties"]).iter_rows(named=True)
    ]
    codes: dict[str, list[str]] = {}
    for product, code in net["product_codes"].select("product_id", "hs_code").iter_rows():
        codes.setdefault(product, []).append(code.replace(".", ""))
    pairs = flows.select("from_site", "to_site", "product_id").unique().sort("from_site", "to_site", "product_id")
    found = []
    for start, end, product in pairs.iter_rows():
        fits = [
            rank
            for importers, origins, prefix, rank in rules
            if (importers is None or country[end] in importers)
            and (origins is None or country[start] in origins)
            and any(code.startswith(prefix) for code in codes.get(product, ()))
        ]
        found.append((start, end, product, max(fits, default=_WEAKEST)))
    return pl.DataFrame(
        found, schema={"from_site": pl.String, "to_site": pl.String, "product_id": pl.String, "duty": pl.Int64}, orient="row"
    )


def _facts(one: Judged, rows: pl.DataFrame, given: str, rates: pl.DataFrame) -> pl.DataFrame:
    """Rank of every table an account row may rest on, as columns beside it."""
    net = one.net
    filled = rows.with_columns(pl.col("recipe_id", "subject").fill_null(""))
    energy, line = _energy(net), ["site_id", "recipe_id", "product_id"]
    single = {"products": "mass", "contracts": "deal", "incentives": "credit", "lane_groups": "group", "sites": "site"}
    keys = {
        "products": "product_id",
        "contracts": "contract_id",
        "incentives": "incentive_id",
        "lane_groups": "capacity_group",
        "sites": "site_id",
    }
    on = {"products": "product_id", "sites": "site_id"}
    for table, name in single.items():
        filled = filled.join(_weakest(net[table], [keys[table]], name), left_on=on.get(table, "subject"), right_on=keys[table], how="left")
    terms = pl.concat([net[table].select("contract_id", "quality") for table in ("contract_prices", "contract_phases")])
    offers = ["site_id", "product_id", "offer_id"]
    return (
        filled.join(_processes(net), on=line, how="left")
        .join(energy.filter(pl.col("carrier") == "electricity").select("site_id", power="energy"), on="site_id", how="left")
        .join(energy.rename({"carrier": "heat_carrier", "energy": "fuel"}), on=["site_id", "heat_carrier"], how="left")
        .join(_weakest(net["purchases"], offers, "offer"), left_on=["site_id", "product_id", "subject"], right_on=offers, how="left")
        .join(_lanes(net, given, rates), on=_LANE, how="left")
        .join(_weakest(net["lanes"], ["lane_id"], "lane"), on="lane_id", how="left")
        .join(_duties(net, one.books.flows), on=["from_site", "to_site", "product_id"], how="left")
        .join(_values(net), on="product_id", how="left")
        .join(_weakest(terms, ["contract_id"], "terms"), left_on="subject", right_on="contract_id", how="left")
        .with_columns(holder=pl.coalesce("to_site", "site_id"))
        .join(
            _weakest(net["stocks"], ["site_id", "product_id"], "stock").rename({"site_id": "holder"}),
            on=["holder", "product_id"],
            how="left",
        )
    )


def _setting_rank(net: Network) -> int:
    """Rank of the carbon price's row in settings."""
    rows = _ranked(net["settings"]).filter(pl.col("key") == "carbon_price_per_t")["rank"]
    return int(rows[0]) if rows.len() else _WEAKEST


_RESTS_ON = {
    "purchase": ["offer"], "purchased": ["offer"], "conversion": ["process"], "direct": ["process"], "capital": ["process"],
    "electricity": ["process", "power"], "heat": ["process", "fuel"], "freight": ["freight"], "transport": ["freight"],
    "duty": ["duty", "value"], "transit_holding": ["lane", "value", "stock"], "holding": ["value", "stock"], "disposal": ["mass"],
    "fixed": ["site"], "opening": ["site"], "restart": ["site"], "closing": ["site"], "lane_fixed": ["group"], "qualification": ["lane"],
    "sign": ["deal"], "take_or_pay": ["terms"], "credit": ["credit"],
}  # fmt: skip
"""Tables behind each kind of cost and cause of CO2e, as named by `_facts`."""


def _weighed(facts: pl.DataFrame, kind: str, amount: str, name: str) -> pl.DataFrame:
    """Absolute amount by rank."""
    rank = pl.lit(_WEAKEST, dtype=pl.Int64)
    for one, tables in _RESTS_ON.items():
        weakest = pl.max_horizontal([pl.col(table).fill_null(_WEAKEST) for table in tables])
        rank = pl.when(pl.col(kind) == one).then(weakest).otherwise(rank)
    return facts.select(rank=rank, amount=pl.col(amount).abs()).group_by("rank").agg(pl.col("amount").sum().alias(name))


def _carbon(one: Judged, co2e: pl.DataFrame) -> pl.DataFrame:
    """Carbon cost by rank: in proportion to the CO2e behind it, no stronger than the carbon price's own row."""
    paid = float(one.books.costs.filter(pl.col("kind") == "carbon")["amount"].sum())
    total = float(co2e["co2e_kg"].sum())
    rows = co2e.with_columns(rank=pl.max_horizontal("rank", pl.lit(_setting_rank(one.net))))
    return rows.group_by("rank").agg(cost=pl.col("co2e_kg").sum() * (paid / total if total else 0.0))


def quality_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.quality: every quality, strongest first, with its share of cost and of CO2e (market), signs left aside."""
    one = replace(one, net=_with_changes(one.net))
    net = one.net
    paid = _weakest(net["freight_rates"], ["mode_id"], "rate").rename({"mode_id": "mode"})
    burnt = _weakest(net["modes"], ["mode_id"], "rate").rename({"mode_id": "mode"})
    co2e = _weighed(_facts(one, one.books.co2e, "co2e_kg_per_unit", burnt), "cause", "kg_market", "co2e_kg")
    costs = one.books.costs.filter(pl.col("kind") != "carbon")
    cost = pl.concat([_weighed(_facts(one, costs, "cost_per_unit", paid), "kind", "amount", "cost"), _carbon(one, co2e)])
    cost = cost.group_by("rank").agg(pl.col("cost").sum())
    told = pl.DataFrame({"rank": range(len(QUALITIES)), "quality": QUALITIES})
    told = told.join(cost, on="rank", how="left").join(co2e, on="rank", how="left").sort("rank")
    told = told.with_columns(pl.col("cost", "co2e_kg").fill_null(0.0))

    def share(name: str) -> pl.Expr:
        total = float(told[name].sum())
        return pl.col(name) / total if total else pl.lit(None, dtype=pl.Float64)

    shares = {"cost_share": share("cost"), "co2e_share": share("co2e_kg")}
    return told.with_columns(strategy=pl.lit(one.name), **shares).select(list(BOARD_FRAMES["quality"]))
