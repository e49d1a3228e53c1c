"""Requirements: goods without the standard that is asked do not move, or pay a penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hinterland.model.certificates import Standards, asked_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.model.certificates import Asked

    Bools = npt.NDArray[np.bool_]

__all__ = ["gates_of"]


class Gate(NamedTuple):
    """What may not move in one period: Σ terms ≤ right."""

    rule_id: str
    label: str
    words: str
    unit: str
    period: int
    right: float
    penalty: float | None
    terms: list[tuple[str, Ints, Floats]]


def gates_of(a: Arrays) -> Iterator[Gate]:
    """Σ flow of uncovered senders into the region ≤ 0; Σ uncertified purchases there ≤ 0; own use there ≤ what comes from others.

    Senders are makers of the product, and stores that send it into the region from outside; stores within pass on what was
    looked at when it came. One row per requirement, sender (or buyer), product and period.
    """
    asked = asked_of(a)
    if not asked:
        return
    standards, makes = Standards(a.net), np.zeros((len(a.sites.ids), len(a.products.ids)), dtype=bool)
    out, lines, pools = a.making.outputs, a.making.lines, a.pools
    makes[lines.site[out.line], lines.product[out.line]] = True
    given = out.use_pool[out.use_quantity < 0]
    makes[pools.site[given], pools.product[given]] = True
    for one in asked:
        yield from _sent(a, one, standards, makes)
        yield from _bought(a, one)
        yield from _own(a, one, standards, makes)


def _grouped(entries: Ints, *keys: Ints) -> Iterator[tuple[tuple[int, ...], Ints]]:
    """Entries by key, in the order of the keys."""
    if not len(entries):
        return
    order = np.lexsort(keys[::-1])
    table = np.stack([key[order] for key in keys])
    cuts = np.flatnonzero((table[:, 1:] != table[:, :-1]).any(axis=0)) + 1
    for part, at in zip(np.split(entries[order], cuts), [0, *cuts.tolist()], strict=True):
        yield tuple(int(key) for key in table[:, at]), part


def _gate(a: Arrays, one: Asked, product: int, t: int, scope: str, words: str) -> Callable[..., Gate]:
    penalty = one.penalty[t]

    def made(terms: list[tuple[str, Ints, Floats]], right: float = 0.0) -> Gate:
        unit = a.products.unit[product] or "unit"
        return Gate(
            one.rule_id, f"{one.opening}, {scope})", f"{one.said}: {words}", unit, t, right,
            None if np.isnan(penalty) else float(penalty), terms,
        )  # fmt: skip

    return made


def _why(a: Arrays, one: Asked, standards: Standards, site: int, product: int, t: int) -> str:
    name, calendar = a.sites.ids[site], a.calendar
    why = standards.told(name, a.products.ids[product], one.scheme, one.least[t], int(calendar.start[t]), int(calendar.stop[t]) - 1)
    return f"{name}, {why},"


def _sent(a: Arrays, one: Asked, standards: Standards, makes: Bools) -> Iterator[Gate]:
    flows = a.flows
    start, product = flows.from_site, flows.product
    sends = makes[start, product] | ~one.region[start]
    lanes = one.goods[product] & one.sources[start] & one.region[flows.to_site] & sends
    entry = np.flatnonzero(lanes[flows.lane] & one.active[flows.period])
    lane, t = flows.lane[entry], flows.period[entry]
    bare = ~one.covered[start[lane], product[lane], t]
    entry, lane, t = entry[bare], lane[bare], t[bare]
    for (site, good, period), entries in _grouped(entry, start[lane], product[lane], t):
        name = a.products.ids[good]
        words = f"{_why(a, one, standards, site, good, period)} may send no {name} there"
        make = _gate(a, one, good, period, f"{name} from {a.sites.ids[site]}", words)
        yield make([("flow", entries, np.ones(len(entries)))])


def _bought(a: Arrays, one: Asked) -> Iterator[Gate]:
    offers, pools = a.offers, a.pools
    product = pools.product[offers.pool]
    origin = np.array(
        [
            one.origins is None or (country or a.sites.country[site]) in one.origins
            for country, site in zip(offers.rows["origin_country"].to_list(), offers.site, strict=True)
        ],
        dtype=bool,
    )
    wanted = one.goods[product] & one.region[offers.site] & origin
    entry = np.flatnonzero((wanted[offers.offer] & one.active[offers.period]) & ~one.certified[offers.offer, offers.period])
    offer = offers.offer[entry]
    for (site, good, period), entries in _grouped(entry, offers.site[offer], product[offer], offers.period[entry]):
        name, buyer = a.products.ids[good], a.sites.ids[site]
        words = f"{buyer} may buy no {name} whose maker does not hold it"
        yield _gate(a, one, good, period, f"{name} bought at {buyer}", words)([("bought", entries, np.ones(len(entries)))])


def _own(a: Arrays, one: Asked, standards: Standards, makes: Bools) -> Iterator[Gate]:
    """use + delivered − inflow − bought ≤ 0 where an uncovered maker within the region uses or delivers the product itself."""
    out, pools, flows, offers = a.making.outputs, a.pools, a.flows, a.offers
    site, product = pools.site, pools.product
    held = np.flatnonzero(one.goods[product] & one.region[site] & one.sources[site] & makes[site, product])
    takes = np.flatnonzero((out.use_quantity > 0) & np.isin(out.use_pool, held))
    used = set(out.use_pool[takes].tolist()) | set(a.demand.pool.tolist())
    for pool in held[np.isin(held, list(used))]:
        s, p = int(site[pool]), int(product[pool])
        mine = takes[out.use_pool[takes] == pool]
        comes, buys = np.flatnonzero(flows.to_pool[flows.lane] == pool), np.flatnonzero(offers.pool[offers.offer] == pool)
        asks = np.flatnonzero(a.demand.pool == pool)
        for t in np.flatnonzero(one.active & ~one.covered[s, p]):
            use = mine[out.period[out.use_output[mine]] == t]
            wants = asks[a.demand.period[asks] == t]
            if not len(use) + len(wants):
                continue
            inflow, bought = comes[flows.period[comes] == t], buys[offers.period[buys] == t]
            name = a.products.ids[p]
            words = f"{_why(a, one, standards, s, p, int(t))} may use and deliver no {name} of its own"
            terms: list[tuple[str, Ints, Floats]] = [
                ("made", out.use_output[use], out.use_quantity[use]),
                ("short", wants, -np.ones(len(wants))),
                ("flow", inflow, -np.ones(len(inflow))),
                ("bought", bought, -np.ones(len(bought))),
            ]
            make = _gate(a, one, p, int(t), f"{name} used at {a.sites.ids[s]}", words)
            yield make(terms, -float(a.demand.quantity[wants].sum()))
