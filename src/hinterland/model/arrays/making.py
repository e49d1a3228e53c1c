"""Processes: what lines can make in each period, from which vintage, with what use of inputs, energy and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, day_number, year_position
from hinterland.core.money import annuity_per_year, annuity_years
from hinterland.model.arrays.energy import Carriers, power_of
from hinterland.model.arrays.places import Pools, positions, sorted_rows
from hinterland.model.dated import Dated, day_spans
from hinterland.model.ramps import Ramps, day_at

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays.places import Products, Sites
    from hinterland.model.network import Network

    Bools = npt.NDArray[np.bool_]

__all__ = ["EXISTING", "Lines", "Making", "Modules", "Outputs", "making_of", "process_pairs"]

EXISTING = -1


@dataclass(frozen=True, slots=True)
class Lines:
    """Processes sorted by (site, recipe, product); shapes (processes,) or (processes, periods).

    Money and kWh per good unit; `capacity` of the existing line per period; `cost_per_unit` by kind.
    """

    rows: pl.DataFrame
    site: Ints
    product: Ints
    pool: Ints
    capacity: Floats
    min_utilisation: Floats
    module_capacity: Floats
    max_modules: Floats
    conversion_cost: Floats
    electricity_cost: Floats
    heat_cost: Floats
    electricity_location_kg: Floats
    electricity_market_kg: Floats
    heat_kg: Floats
    direct_kg: Floats


@dataclass(frozen=True, slots=True)
class Outputs:
    """One entry per line, vintage and period in which it can make something; shape (outputs,).

    `vintage` is −1 for existing capacity, else the period in which the modules start; `capacity` is per period, of the
    line or of one module. Uses are triplets: output entry, pool, units per good unit (positive: taken, negative: given).
    """

    line: Ints
    vintage: Ints
    period: Ints
    capacity: Floats
    yield_share: Floats
    use_output: Ints
    use_pool: Ints
    use_quantity: Floats


@dataclass(frozen=True, slots=True)
class Modules:
    """One entry per line and period in which modules may start; shape (modules,), costs (modules, periods)."""

    line: Ints
    vintage: Ints
    most: Floats
    cost: Floats
    cost_discounted: Floats


@dataclass(frozen=True, slots=True)
class Making:
    """Lines, their output entries and their modules."""

    lines: Lines
    outputs: Outputs
    modules: Modules


def process_pairs(net: Network, sites: Sites, products: Products) -> tuple[pl.DataFrame, list[tuple[Ints, Ints]]]:
    """Processes with their good output, sorted by key, and the (site, product) pairs they touch."""
    good = net["recipes"].select("recipe_id", good="product_id")
    frame = net["processes"].with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64))
    frame = frame.join(good, on="recipe_id", how="left", maintain_order="left").with_columns(
        good=pl.coalesce("good", "product_id"), recipe_id=pl.col("recipe_id").fill_null("")
    )
    frame = frame[sorted_rows(frame, "site_id", "recipe_id", "good").tolist()]
    site = positions(frame["site_id"], sites.ids)
    frame = frame.with_columns(site_index=pl.Series(site), product_index=pl.Series(positions(frame["good"], products.ids)))
    lines = frame.select("site_index", "recipe_id").join(net["recipe_lines"].select("recipe_id", "product_id"), on="recipe_id")
    return frame, [
        (frame["site_index"].to_numpy(), frame["product_index"].to_numpy()),
        (lines["site_index"].to_numpy(), positions(lines["product_id"], products.ids)),
    ]


def _lines(net: Network, frame: pl.DataFrame, sites: Sites, pools: Pools, capacity: Floats) -> Lines:
    dated, carriers = Dated(net), Carriers.of(net)
    order = frame["at"].to_numpy()
    site, product = frame["site_index"].to_numpy(), frame["product_index"].to_numpy()
    shape = (frame.height, len(dated.calendar))

    def values(column: str, default: float = 0.0) -> Floats:
        return dated.values("processes", column, default)[order]

    power = {
        row["site_id"]: power_of(net, carriers, row)
        for row in net["sites"].select("site_id", "energy_zone", "country").iter_rows(named=True)
    }
    price, location, market, heat_price, heat_kg = (np.zeros(shape) for _ in range(5))
    zones = dict(zip(net["sites"]["site_id"].to_list(), net["sites"].select("site_id", "energy_zone", "country").rows(), strict=True))
    for k, (site_id, carrier) in enumerate(frame.select("site_id", "heat_carrier").iter_rows()):
        bought = power[site_id]
        if bought is not None:
            price[k], location[k], market[k] = bought.price, bought.location_kg, bought.market_kg
        zone = carriers.zone(zones[site_id], carrier or "")
        if zone is not None:
            heat_price[k], heat_kg[k] = carriers.price[zone], carriers.co2e_kg[zone]
    kwh, heat = values("electricity_kwh_per_unit"), values("heat_kwh_per_unit")
    return Lines(
        rows=frame,
        site=site,
        product=product,
        pool=pools.at(site, product),
        capacity=capacity,
        min_utilisation=values("min_utilisation_share"),
        module_capacity=values("module_capacity_per_year") * dated.calendar.years,
        max_modules=frame["max_modules"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        conversion_cost=values("conversion_cost_per_unit"),
        electricity_cost=kwh * price,
        heat_cost=heat * heat_price,
        electricity_location_kg=kwh * location,
        electricity_market_kg=kwh * market,
        heat_kg=heat * heat_kg,
        direct_kg=values("direct_co2e_kg_per_unit"),
    )


def _existing(net: Network, frame: pl.DataFrame) -> tuple[Floats, Floats]:
    """Capacity and yield of existing lines by period: capacity · available share · a_t · mean ramp over the days in force."""
    dated, ramps = Dated(net), Ramps.of(net)
    calendar, order = dated.calendar, frame["at"].to_numpy()
    first, last = day_spans(frame, "start_date", "end_date")
    level, yields = np.zeros((frame.height, len(calendar))), np.ones((frame.height, len(calendar)))
    for k, ramp in enumerate(frame["ramp_id"].to_list()):
        start = None if first[k] == FAR_PAST else int(first[k])
        stop = float(FAR_FUTURE if last[k] == FAR_FUTURE else last[k] + 1)
        level[k], yields[k] = ramps[ramp].means(calendar, start, float(first[k]), stop)
    rated = dated.values("processes", "capacity_per_year", 0.0) * dated.values("processes", "available_share", 1.0)
    return rated[order] * calendar.years * level, yields


def _vintages(net: Network, frame: pl.DataFrame, sites: Sites) -> tuple[Bools, Floats, Floats]:
    """Whether modules may start in v (lines, v), and capacity factor and yield of each (lines, v, t)."""
    calendar, settings, ramps = net.calendar, net.settings, Ramps.of(net)
    n, periods = frame.height, len(calendar)
    ready = day_number(settings.decision_date) + frame["module_build_days"].cast(pl.Float64).fill_null(0.0).to_numpy()
    can = (frame["max_modules"].fill_null(0).to_numpy() > 0) & (frame["module_capacity_per_year"].fill_null(0.0).to_numpy() > 0)
    allowed = can[:, None] & (calendar.start[None, :] >= ready[:, None])
    gate = sites.gate[frame["site_index"].to_numpy()]
    opened = np.logical_or.accumulate(sites.may_start, axis=1)
    for row, fixed in enumerate(sites.fixed_start):
        if fixed >= 0:
            opened[row] = np.arange(periods) >= fixed
    allowed &= np.where((gate >= 0)[:, None], opened[gate] if len(opened) else False, True)
    allowed &= ~sites.closed[frame["site_index"].to_numpy()][:, None]
    life = frame["asset_life_years"].cast(pl.Float64).fill_null(np.inf).to_numpy()
    level, yields = np.zeros((n, periods, periods)), np.ones((n, periods, periods))
    for k, v in zip(*np.nonzero(allowed), strict=True):
        begin = int(calendar.start[v])
        stop = day_at(float(year_position(begin)) + life[k])
        level[k, v], yields[k, v] = ramps[frame["ramp_id"][int(k)]].means(calendar, begin, float(begin), stop)
    return allowed, level, yields


def _modules(net: Network, frame: pl.DataFrame, allowed: Bools) -> Modules:
    dated = Dated(net)
    calendar, rate = dated.calendar, net.settings.discount_rate_share
    line, vintage = (index.astype(np.int64) for index in np.nonzero(allowed))
    price = dated.values("processes", "module_cost", 0.0)[frame["at"].to_numpy()][line, vintage]
    life = frame["asset_life_years"].cast(pl.Float64).fill_null(np.inf).to_numpy()[line]
    yearly = np.where(price > 0, price * annuity_per_year(np.where(np.isfinite(life), life, 1e6), rate), 0.0)
    paid, discounted = annuity_years(
        calendar.tau_start[vintage][:, None], life[:, None], calendar.tau_start[None, :], calendar.tau_stop[None, :], rate
    )
    return Modules(
        line=line,
        vintage=vintage,
        most=frame["max_modules"].cast(pl.Float64).fill_null(0.0).to_numpy()[line],
        cost=yearly[:, None] * paid,
        cost_discounted=yearly[:, None] * discounted,
    )


def _uses(
    net: Network, frame: pl.DataFrame, products: Products, pools: Pools, line: Ints, yield_share: Floats
) -> tuple[Ints, Ints, Floats]:
    """Triplets (output entry, pool, quantity): recipe quantity / yield, inputs positive, co-products and scrap negative."""
    lines = frame.select("recipe_id", "site_index", line=pl.int_range(pl.len(), dtype=pl.Int64)).join(
        net["recipe_lines"].select("recipe_id", "product_id", "role", "quantity_per_unit"), on="recipe_id"
    )
    sign = np.where(lines["role"].to_numpy() == "input", 1.0, -1.0)
    terms = pl.DataFrame(
        {
            "line": lines["line"].to_numpy(),
            "pool": pools.at(lines["site_index"].to_numpy(), positions(lines["product_id"], products.ids)),
            "quantity": sign * lines["quantity_per_unit"].to_numpy(),
        }
    )
    entries = pl.DataFrame({"output": np.arange(len(line)), "line": line, "yield": yield_share})
    joined = entries.join(terms, on="line").sort("output", "pool", "quantity")
    return joined["output"].to_numpy(), joined["pool"].to_numpy(), (joined["quantity"] / joined["yield"]).to_numpy()


def making_of(net: Network, frame: pl.DataFrame, sites: Sites, products: Products, pools: Pools) -> Making:
    """Assemble lines, output entries and modules; entries that cannot make anything are left out."""
    capacity, yields = _existing(net, frame)
    capacity[sites.closed[frame["site_index"].to_numpy()]] = 0.0
    lines = _lines(net, frame, sites, pools, capacity)
    allowed, level, module_yields = _vintages(net, frame, sites)
    base = Dated(net).values("processes", "yield_share", 1.0)[frame["at"].to_numpy()]
    k0, t0 = np.nonzero(capacity > 0)
    k1, v1, t1 = np.nonzero((level > 0) & allowed[:, :, None])
    line, period = np.concatenate([k0, k1]), np.concatenate([t0, t1])
    vintage = np.concatenate([np.full(len(k0), EXISTING), v1])
    share = np.concatenate([(base * yields)[k0, t0], base[k1, t1] * module_yields[k1, v1, t1]])
    most = np.concatenate([capacity[k0, t0], lines.module_capacity[k1, t1] * level[k1, v1, t1]])
    order = np.lexsort((period, vintage, line))
    line, vintage, period, share, most = line[order], vintage[order], period[order], share[order], most[order]
    use_output, use_pool, use_quantity = _uses(net, frame, products, pools, line, share)
    outputs = Outputs(line, vintage, period, most, share, use_output, use_pool, use_quantity)
    return Making(lines, outputs, _modules(net, frame, allowed))
