"""Whose goods a lane carries, and what the tables say of them: origins and makers, tariff lines, duty rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.model.dated import day_spans
from hinterland.model.scopes import Scopes, tokens
from hinterland.trade import BASE, DutyRule, declared_use, tariff_digits

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints
    from hinterland.model.network import Network
    from hinterland.trade.book import Bools

__all__ = ["code_spans", "duty_rules", "makers_of"]

Maker = tuple[str, str | None]
"""Country of origin, and who made the goods there."""


def makers_of(net: Network, lanes: pl.DataFrame, *, told_apart: bool = True) -> dict[tuple[str, str], frozenset[Maker]]:
    """Countries of origin, and makers, that each (from_site, product_id) of the lanes can have; no maker unless `told_apart`.

    Origin is where the last recipe with `confers_origin` ran, and the maker is the operator of that site; of what is bought
    they are the offer's. A site that only stores passes on what reaches it.
    """
    country = dict(net["sites"].select("site_id", "country").iter_rows())
    operator = dict(net["sites"].select("site_id", "operator").iter_rows()) if told_apart else {}
    confers = {recipe: yes is not False for recipe, yes in net["recipes"].select("recipe_id", "confers_origin").iter_rows()}
    good = dict(net["recipes"].select("recipe_id", "product_id").iter_rows())
    sources: dict[tuple[str, str], list[tuple[str, str]]] = {}
    fixed: dict[tuple[str, str], set[Maker]] = {}
    inputs: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for recipe, product, role in net["recipe_lines"].select("recipe_id", "product_id", "role").iter_rows():
        (inputs if role == "input" else others).setdefault(recipe, []).append(product)
    for site, recipe, product in net["processes"].select("site_id", "recipe_id", "product_id").iter_rows():
        made = [good.get(recipe, product), *others.get(recipe, [])] if recipe else [product]
        for one in made:
            if not recipe or confers.get(recipe, True):
                fixed.setdefault((site, one), set()).add((country.get(site) or "", operator.get(site)))
            else:
                sources.setdefault((site, one), []).extend((site, each) for each in inputs.get(recipe, []))
    for site, product, origin, producer in net["purchases"].select("site_id", "product_id", "origin_country", "producer").iter_rows():
        fixed.setdefault((site, product), set()).add((origin or country.get(site) or "", producer if told_apart else None))
    pair = ["site_id", "product_id"]
    ways = lanes.select("from_site", "to_site", "product_id").unique()
    there = [ways.select("product_id", site_id=side).select(pair) for side in ("from_site", "to_site")]
    named = list(
        dict.fromkeys([*pl.concat(there).unique().iter_rows(), *fixed, *sources, *(one for some in sources.values() for one in some)])
    )
    number = {pool: at for at, pool in enumerate(named)}
    numbered = pl.DataFrame({"site_id": [site for site, _ in named], "product_id": [product for _, product in named]}).with_row_index("at")
    ends = [
        ways.join(numbered, left_on=[side, "product_id"], right_on=pair, how="left", maintain_order="left")["at"]
        for side in ("from_site", "to_site")
    ]
    inside = [(number[source], number[pool]) for pool, some in sources.items() for source in some]
    giver = np.concatenate([ends[0].to_numpy(), np.array([one for one, _ in inside], dtype=np.uint32)]).astype(np.int64)
    taker = np.concatenate([ends[1].to_numpy(), np.array([one for _, one in inside], dtype=np.uint32)]).astype(np.int64)
    known = sorted({maker for makers in fixed.values() for maker in makers}, key=str)
    order = {maker: at for at, maker in enumerate(known)}
    own = np.zeros((len(named), max(1, -(-len(known) // 64)) * 64), dtype=bool)
    for pool, makers in fixed.items():
        own[number[pool], [order[maker] for maker in makers]] = True
    reached = _upstream(own, giver, taker)
    found: dict[tuple[str, str], frozenset[Maker]] = {}
    for pool in lanes.select("from_site", "product_id").unique().iter_rows():
        makers = fixed.get(pool) or {known[at] for at in np.flatnonzero(reached[number[pool]]).tolist()}
        found[pool] = frozenset(makers or {(country.get(pool[0]) or "", operator.get(pool[0]))})
    return found


def _upstream(own: Bools, giver: Ints, taker: Ints) -> Bools:
    """Flags of each pool and of all that can reach it over any number of steps; (pools, flags), flags a multiple of 64."""
    bits = np.packbits(own, axis=1, bitorder="little").view(np.uint64)
    if not len(giver):
        return own
    order = np.argsort(taker, kind="stable")
    giver, taker = giver[order], taker[order]
    first = np.flatnonzero(np.concatenate([[True], taker[1:] != taker[:-1]]))
    ends = taker[first]
    while True:
        more = bits[ends] | np.bitwise_or.reduceat(bits[giver], first, axis=0)
        if (more == bits[ends]).all():
            return np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little").astype(bool)
        bits[ends] = more


def duty_rules(net: Network) -> list[DutyRule]:
    """The duties table in the order of its rows, with importers and origins opened to countries; rates as typed."""
    frame, scopes = net["duties"], Scopes(net)
    first, last = day_spans(frame)
    opened: dict[str | None, frozenset[str] | None] = {
        cell: scopes.countries(cell) for name in ("importer", "origin") for cell in frame[name].unique().to_list()
    }
    return [
        DutyRule(
            rule_id=row["rule_id"],
            programme=row["programme"] or BASE,
            importers=opened[row["importer"]],
            origins=opened[row["origin"]],
            hs_prefix=tariff_digits(row["hs_prefix"]),
            ad_valorem_share=row["ad_valorem_share"] or 0.0,
            specific_per_kg=row["specific_per_kg"] or 0.0,
            co2e_price_per_t=row["co2e_price_per_t"] or 0.0,
            stacking=row["stacking"] or "add",
            excludes=frozenset(tokens(row["excludes_programmes"])),
            producer=row["producer"],
            use=declared_use(row["use"]),
            needs=row["origin_rule_id"],
            unless=row["applies_if_not_origin_rule_id"],
            first_day=int(first[at]),
            last_day=int(last[at]),
            source_id=row["source_id"],
            quality=row["quality"],
            note=row["note"],
        )
        for at, row in enumerate(frame.iter_rows(named=True))
    ]


def code_spans(net: Network) -> dict[tuple[str, str], list[tuple[str, str | None, int, int]]]:
    """Tariff line, declared use and the days of each (product, importing country); a country's own row before a wider one.

    A line holds until the next; the first also holds before its first day.
    """
    frame, scopes = net["product_codes"], Scopes(net)
    first, _ = day_spans(frame)
    every = frozenset(net["countries"]["country"].to_list()) | frozenset(net["sites"]["country"].drop_nulls().to_list())
    opened = {cell: scopes.countries(cell) for cell in frame["importer"].unique().to_list()}
    best: dict[tuple[str, str], tuple[int, list[tuple[int, str, str | None]]]] = {}
    for at, (product, importer, code, use) in enumerate(frame.select("product_id", "importer", "hs_code", "use").iter_rows()):
        countries = opened[importer] or every
        breadth = len(every) + 1 if not tokens(importer) else len(countries)
        line = (int(first[at]), tariff_digits(code), declared_use(use))
        for country in countries:
            held = best.get((product, country))
            if held is None or breadth < held[0]:
                best[product, country] = (breadth, [line])
            elif breadth == held[0]:
                held[1].append(line)
    spans = {}
    for key, (_, rows) in best.items():
        ordered = sorted(rows, key=str)
        ordered.sort(key=lambda row: row[0])
        ends = [start - 1 for start, *_ in ordered[1:]] + [FAR_FUTURE]
        spans[key] = [
            (code, use, FAR_PAST if number == 0 else start, end)
            for number, ((start, code, use), end) in enumerate(zip(ordered, ends, strict=True))
        ]
    return spans
