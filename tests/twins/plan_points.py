"""A designed plan in the referee's words: its whole decisions as a Choice, its quantities as a point of the LP."""

from __future__ import annotations

from brute_force import EXISTING, GATED, Choice, Var, World

from hinterland.model.plan import Plan


def choice_of(world: World, plan: Plan) -> Choice:
    """(start, stop) of each gated site, modules of each line by start, and the lots that are used."""
    index = {period[0]: t for t, period in enumerate(world.periods)}
    starts: dict[str, list[int | None]] = {site: [None, None] for site in world.sites if world.status(site) in GATED}
    for site, period, started, stopped in plan["openings"].select("site_id", "period_id", "started", "stopped").iter_rows():
        for at, happened in enumerate((started, stopped)):
            if happened:
                starts[site][at] = index[period]
    modules = {line["line"]: [0] * world.count for line in world.lines}
    for site, recipe, good, period, added in plan["modules"].iter_rows():
        modules[site, recipe, good][index[period]] = added
    lots = {row["lane_id"] for row in world.rows("lanes") if row.get("min_quantity_if_used")}
    moved = {
        (lane, product, index[period]) for lane, product, period in plan["flows"].select("lane_id", "product_id", "period_id").iter_rows()
    }
    pairs = {(lane, product) for lane, product, _ in moved if lane in lots}
    used = {pair: tuple((*pair, t) in moved for t in range(world.count)) for pair in pairs}
    return Choice({site: (one[0], one[1]) for site, one in starts.items()}, {line: tuple(added) for line, added in modules.items()}, used)


def point_of(world: World, plan: Plan) -> dict[Var, float]:
    """Quantities of a plan by the referee's variables."""
    index = {period[0]: t for t, period in enumerate(world.periods)}
    point: dict[Var, float] = {}
    for lane, product, period, quantity in plan["flows"].select("lane_id", "product_id", "period_id", "quantity").iter_rows():
        point["flow", lane, product, index[period]] = quantity
    for site, recipe, good, vintage, period, quantity in plan["outputs"].iter_rows():
        point["made", (site, recipe, good), EXISTING if vintage == "existing" else vintage, index[period]] = quantity
    for site, product, offer, period, quantity in plan["purchased"].iter_rows():
        point["bought", site, product, offer or "", index[period]] = quantity
    for site, product, segment, period, quantity in plan["delivered"].iter_rows():
        point["delivered", site, product, segment or "", index[period]] = quantity
    for table, word in (("stocked", "stock"), ("disposed", "disposed")):
        for site, product, period, quantity in plan[table].iter_rows():
            point[word, site, product, index[period]] = quantity
    return point
