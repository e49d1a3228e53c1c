"""What is done when something breaks: ways around, air freight, others that step in, stocks, and days until sites are back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seed_chain.hazards import CLASS_OF
from seed_chain.reference import Fact, assumed

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["covers", "expedited", "qualification", "recoveries", "rerouted"]

Row = dict[str, object]
REROUTE_DAYS = assumed(7.0, "a week until carriers go another way")
AIR_SHARE = assumed(0.10, "air takes a tenth of a lane's flow at most")
COVER = {
    "sea": assumed(20.0, "goods that come over sea, as in the stores of the seed chain"),
    "land": assumed(7.0, "goods that come by land, as in the stores of the seed chain"),
}
COBALT_COVER = Fact(
    105.0, "assumed", "R", "three to four months: what large smelters kept before the export stop of 2025, by the trade press of that year"
)
OTHER_CELL = assumed(180.0, "the same cell of another contracted factory: half a year of sampling and approval")
OTHER_SALT = assumed(270.0, "battery salts of another refinery: nine months")


def qualification(ref: Reference, product: str) -> Fact:
    """Days until another maker's good is approved: of active materials the middle of what process.csv notes."""
    if CLASS_OF[product] == "cell":
        return OTHER_CELL
    if CLASS_OF[product] == "refinery":
        return OTHER_SALT
    row = ref.row("process", product="CAM/pCAM/anode plant", parameter="ramp year 1")
    found = re.search(r"customer qualification ([0-9]+)-([0-9]+) months", row["notes"])
    if found is None:
        raise LookupError(f"process: no qualification in {row['notes']}")
    months = (float(found.group(1)) + float(found.group(2))) / 2.0
    return Fact(
        float(round(months * 365.0 / 12.0)),
        row["quality"],
        row["source"],
        f"customer qualification of {found.group(1)} to {found.group(2)} months, the middle",
    )


def rerouted() -> Row:
    """Sea lanes go around what is shut, by the way that routing finds."""
    return {
        "reaction_id": "go_around", "kind": "reroute", "delay_days": REROUTE_DAYS.value, "source_id": "A", "quality": "assumed",
        "note": f"the way around is computed; {REROUTE_DAYS.note}",
    }  # fmt: skip


def expedited(ref: Reference, gross: dict[str, float]) -> list[Row]:
    """Cells and cathode material by air between regions, where they were short: published rates per kg, distances as stated beside them."""
    rows: list[Row] = []
    cost = ref.row("transport", mode="air_long_haul", parameter="cost")
    far = re.findall(r"over ([0-9,]+) km", cost["notes"])
    speed = ref.fact("transport", mode="air_long_haul", parameter="speed")
    handling = ref.fact("transport", mode="air_long_haul", parameter="handling_time")
    burden = ref.fact("transport", mode="air_long_haul", parameter="emission_intensity")
    mark_up = ref.fact("transport", mode="all", parameter="dangerous goods cost mark-up on cells/packs")
    for end, rate, km in (("europe", "rate China and Hong Kong-Europe", far[0]), ("north_america", "rate China and Hong Kong-USA", far[1])):
        per_kg, distance = ref.fact("transport", mode="air_long_haul", parameter=rate), float(km.replace(",", ""))
        for product in ("cam_nmc811", "cell_nmc811"):
            factor = mark_up.value if product.startswith("cell") else 1.0
            rows.append(
                {
                    "reaction_id": f"air_{product}_{end}", "kind": "expedite", "product": product, "from_group": "@far_east", "to_group": end,
                    "max_share": AIR_SHARE.value, "lead_time_days": handling.value + distance / speed.value, "cost_per_unit": per_kg.value * gross[product] * factor,
                    "co2e_kg_per_unit": burden.value / 1e6 * distance * gross[product], "source_id": (per_kg * burden).source, "quality": "assumed",
                    "note": f"{rate}, {per_kg.value:g} USD/kg over {distance:,.0f} km" + (f", dangerous goods × {factor:g}, charged to 30 %" if factor > 1 else "")
                            + f"; on top of the ship, whose freight stays counted; {AIR_SHARE.note}",
                }
            )  # fmt: skip
    return rows


def covers(tables: dict[str, list[Row]], good: dict[str, str], by_sea: set[str]) -> list[Row]:
    """What takers keep of goods that others make, where `stocks` says nothing (the plan itself holds none of it), and of cobalt hydroxide."""
    makers: dict[str, set[str]] = {}
    for row in tables["processes"]:
        makers.setdefault(str(row.get("product_id") or good[str(row["recipe_id"])]), set()).add(str(row["site_id"]))
    uses = {(str(row["recipe_id"]), str(row["product_id"])) for row in tables["recipe_lines"]}
    stocked = {(str(row["site_id"]), str(row["product_id"])) for row in tables["stocks"]}
    takers: dict[str, set[str]] = {}
    for row in tables["processes"]:
        for recipe, product in uses:
            if recipe == row.get("recipe_id") and product in makers:
                takers.setdefault(product, set()).add(str(row["site_id"]))
    rows: list[Row] = []
    for product in sorted(takers):
        cobalt = product == "cobalt_hydroxide"
        sites = sorted(site for site in takers[product] - makers[product] if cobalt or (site, product) not in stocked)
        days = COBALT_COVER if cobalt else COVER["sea" if product in by_sea else "land"]
        if sites:
            rows.append(
                {
                    "site_id": "|".join(sites), "product_id": product, "policy": "days_of_cover", "cover_days": days.value,
                    "source_id": days.source, "quality": days.quality, "note": days.note,
                }
            )  # fmt: skip
    return rows


def recoveries(ref: Reference, classes: dict[str, dict[str, set[str]]], plants: set[str], seen: dict[str, Fact]) -> list[Row]:
    """Days to recover of each site: the range of its slowest class, widened by what was seen there."""
    rows: list[Row] = []
    for site in sorted({*classes, *plants}):
        kinds = sorted(set(classes.get(site, {})) | ({"vehicle"} if site in plants else set()))
        facts = {kind: ref.fact("risk", scope=f"site:{kind}", metric="mean outage duration") for kind in kinds}
        slowest = max(kinds, key=lambda kind: facts[kind].value)
        low, high, fact = facts[slowest].at_low.value, facts[slowest].at_high.value, facts[slowest]
        note = f"range of the mean outage of a {slowest.replace('_', ' and ')} site"
        if site in seen:
            one = seen[site]
            low, high = min(low, one.low or one.value), max(high, one.high or one.value)
            note += f"; seen here: {one.value:g} days"
            fact = fact * one
        rows.append(
            {
                "site_id": site,
                "recovery_days_low": low,
                "recovery_days_high": high,
                "source_id": fact.source,
                "quality": fact.quality,
                "note": note,
            }
        )
    return rows
