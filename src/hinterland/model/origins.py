"""Non-preferential origin of what a lane carries, and the duty it pays at the border of its destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.dated import Dated, day_spans
from hinterland.model.scopes import Scopes, place_names, tokens
from hinterland.trade import DutyRule, duty_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from hinterland.core.calendar import Floats
    from hinterland.model.network import Network

__all__ = ["LaneDuties", "duty_rules", "lane_duties", "lane_duty_shares", "origins_of"]


@dataclass(frozen=True, slots=True)
class LaneDuties:
    """What is due at the border on one unit of each lane-product, in settings.currency; arrays have shape (lanes, periods).

    `plain` is the duty of goods that claim no preferential origin; NaN where it is a share of a value that is not known.
    `claims` has, for each origin rule that a duty row names, the duty under that one claim; NaN where the claim changes
    nothing or may not be made: no row of the rule speaks of the goods, or none is in force. A claim that is of use only on
    some days of a period counts by them. `customs_value` is the mean value of a unit at the border, freight included where
    the importer's customs value contains it; NaN where the value is not known.
    """

    plain: Floats
    claims: dict[str, Floats]
    customs_value: Floats


def origins_of(net: Network, lanes: pl.DataFrame) -> dict[tuple[str, str], frozenset[str]]:
    """Countries of origin that each (from_site, product_id) of the lanes can have.

    Origin is where the last recipe with `confers_origin` ran; a site that only stores passes on what reaches it.
    """
    country = dict(net["sites"].select("site_id", "country").iter_rows())
    confers = dict(net["recipes"].select("recipe_id", pl.col("confers_origin").fill_null(value=True)).iter_rows())
    good = dict(net["recipes"].select("recipe_id", "product_id").iter_rows())
    sources: dict[tuple[str, str], list[tuple[str, str]]] = {}
    fixed: dict[tuple[str, str], set[str]] = {}
    inputs: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for recipe, product, role in net["recipe_lines"].select("recipe_id", "product_id", "role").iter_rows():
        (inputs if role == "input" else others).setdefault(recipe, []).append(product)
    for site, recipe, product in net["processes"].select("site_id", "recipe_id", "product_id").iter_rows():
        made = [good.get(recipe, product), *others.get(recipe, [])] if recipe else [product]
        for one in made:
            if not recipe or confers.get(recipe, True):
                fixed.setdefault((site, one), set()).add(country.get(site) or "")
            else:
                sources.setdefault((site, one), []).extend((site, each) for each in inputs.get(recipe, []))
    for site, product, origin in net["purchases"].select("site_id", "product_id", "origin_country").iter_rows():
        fixed.setdefault((site, product), set()).add(origin or country.get(site) or "")
    for start, end, product in lanes.select("from_site", "to_site", "product_id").iter_rows():
        sources.setdefault((end, product), []).append((start, product))
    wanted = set(lanes.select("from_site", "product_id").iter_rows())
    found: dict[tuple[str, str], frozenset[str]] = {}
    for pool in wanted:
        seen, stack, countries = {pool}, [pool], set[str]()
        while stack:
            step = stack.pop()
            countries |= fixed.get(step, set())
            if step in fixed and step == pool:
                break
            for source in sources.get(step, []):
                if source not in seen:
                    seen.add(source)
                    stack.append(source)
        found[pool] = frozenset(countries or {country.get(pool[0]) or ""})
    return found


def duty_rules(net: Network) -> list[DutyRule]:
    """The duties table with importers and origins opened to countries."""
    frame, scopes = net["duties"], Scopes(net)
    share = Dated(net).values("duties", "ad_valorem_share", 0.0)
    first, last = day_spans(frame)
    return [
        DutyRule(
            rule_id=row["rule_id"],
            programme=row["programme"] or "",
            importers=scopes.countries(row["importer"]),
            origins=scopes.countries(row["origin"]),
            hs_prefix=(row["hs_prefix"] or "").replace(".", ""),
            share=share[at],
            first_day=int(first[at]),
            last_day=int(last[at]),
        )
        for at, row in enumerate(frame.iter_rows(named=True))
    ]


def _codes(net: Network) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """Tariff line spans of each (product, importing country): a country's own row before its territory's, then `*`."""
    frame, scopes = net["product_codes"], Scopes(net)
    first, _ = day_spans(frame)
    every = frozenset(net["countries"]["country"].to_list()) | frozenset(net["sites"]["country"].drop_nulls().to_list())
    best: dict[tuple[str, str], tuple[int, list[tuple[int, str]]]] = {}
    for at, (product, importer, code) in enumerate(frame.select("product_id", "importer", "hs_code").iter_rows()):
        countries = scopes.countries(importer) or every
        breadth = len(every) + 1 if not tokens(importer) else len(countries)
        for country in countries:
            held = best.get((product, country))
            if held is None or breadth < held[0]:
                best[product, country] = (breadth, [(int(first[at]), str(code).replace(".", ""))])
            elif breadth == held[0]:
                held[1].append((int(first[at]), str(code).replace(".", "")))
    spans = {}
    for key, (_, rows) in best.items():
        ordered = sorted(rows)
        ends = [start - 1 for start, _ in ordered[1:]] + [FAR_FUTURE]
        spans[key] = [
            (code, FAR_PAST if number == 0 else start, end) for number, ((start, code), end) in enumerate(zip(ordered, ends, strict=True))
        ]
    return spans


def lane_duty_shares(net: Network, lanes: pl.DataFrame) -> Floats:
    """Ad-valorem duty of each lane-product by period, Σ of programmes; shape (lanes, periods).

    Within one customs territory nothing is due. Raises InvalidTables where goods of several origins reach a border from
    a site that only stores them and the origins would pay different duties: which one is paid cannot be said.
    """
    calendar = Dated(net).calendar
    shares = np.zeros((lanes.height, len(calendar)))
    rules = duty_rules(net)
    if not rules or lanes.height == 0:
        return shares
    codes, origins = _codes(net), origins_of(net, lanes)
    place = {site: (country, territory) for site, country, territory, _ in place_names(net).iter_rows()}
    issues: list[Issue] = []
    known: dict[tuple[str, str, str], Floats] = {}
    for row, (start, end, product) in enumerate(lanes.select("from_site", "to_site", "product_id").iter_rows()):
        importer = place[end][0]
        if place[start][1] == place[end][1] or (product, importer) not in codes:
            continue
        paths = []
        for origin in sorted(origins[start, product]):
            key = (importer, origin, product)
            if key not in known:
                known[key] = duty_share(importer, origin, codes[product, importer], rules, calendar)
            paths.append(known[key])
        shares[row] = paths[0]
        if any(not np.allclose(path, paths[0], rtol=0, atol=1e-12) for path in paths[1:]):
            issues.append(
                Issue(
                    "lanes",
                    None,
                    "from_site",
                    "ambiguous_origin",
                    what=f"{product} leaves {start} for {end} with several origins: {', '.join(sorted(origins[start, product]))}",
                    why="they pay different duties and a site that only stores passes on one origin",
                    fix="ship each origin over its own lane and site, or give the site a recipe that confers origin",
                    severity="error",
                )
            )
    if issues:
        raise InvalidTables(issues)
    return shares


def lane_duties(net: Network, lanes: pl.DataFrame, *, values: Callable[[Network, pl.DataFrame], Floats]) -> LaneDuties:
    """Duty per unit of each lane-product by period; `values` gives product_values of (site_id, product_id) rows by period."""
    share = lane_duty_shares(net, lanes)
    pairs = lanes.select(site_id="from_site", product_id="product_id").unique().sort("site_id", "product_id").with_row_index("pair")
    at = lanes.join(pairs, left_on=["from_site", "product_id"], right_on=["site_id", "product_id"], how="left", maintain_order="left")
    value = values(net, pairs.drop("pair"))[at["pair"].to_numpy()] if lanes.height else np.zeros((0, len(net.calendar)))
    return LaneDuties(np.where(share > 0, share * value, 0.0), {}, value)
