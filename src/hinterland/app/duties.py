"""Duties explained: the stack of one kind of goods on a day, layer by layer, and those of the lines under a short code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.core.calendar import day_number
from hinterland.core.countries import COUNTRY_CODES
from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.network import Network
from hinterland.model.packs import PREFIX, find_pack, is_pack, shipped_packs
from hinterland.model.samples import sample_names, sample_path
from hinterland.model.scenario import resolve
from hinterland.tables import TABLES
from hinterland.tables.headers import nearest
from hinterland.trade import BASE, SHIPPED, Book, Goods, branches, declared_use, shipped_tables, stack_on, tariff_digits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hinterland.trade import Stack

__all__ = ["DutiesExplained", "duties"]

_FEWEST, _MOST = 2, 10


@dataclass(frozen=True, slots=True)
class DutiesExplained:
    """One stack, the stacks of the longer lines that rows name under its code, and the titles of the sources."""

    stack: Stack
    branches: tuple[Stack, ...]
    sources: dict[str, str]
    currency: str
    """Currency of the rules' amounts; empty where they are shares of a value in any money."""
    ordinary_lines: tuple[str, ...]
    """Tariff lines for which these rules know the importer's ordinary duty that day; `` is every line."""

    @property
    def whole(self) -> bool:
        """Whether the ordinary duty, or what stands in its place, is known: else the total is a part of what is due."""
        return any(layer.programme == BASE or (layer.stacking == "replace" and not layer.off_by) for layer in self.stack.layers)


def _refuse(column: str, what: str, why: str, fix: str, code: str = "unknown_reference") -> InvalidTables:
    return InvalidTables([Issue("duties", None, column, code, what, why, fix)])


def _network(source: str | Path | Network | None, scenario: str | Sequence[str] | None) -> tuple[Network, str]:
    """The rules to read: a network, tables on disk, a sample, a pack by itself, or the shipped file; and their currency."""
    alone = None
    if source is None or source == SHIPPED:
        alone = shipped_tables()
    elif isinstance(source, str) and (is_pack(source) or (source in shipped_packs() and not Path(source).exists())):
        pack = find_pack(source if is_pack(source) else f"{PREFIX}{source}", {})
        alone = {name: pack.tables.get(name, table.empty()) for name, table in TABLES.items()}
    if alone is not None:
        if scenario:
            why = "scenarios are of a network"
            raise _refuse("scenario", f"these rules have no scenario {scenario!r}", why, "name the folder of a network with --network")
        return Network(alone, resolved=True), ""
    if isinstance(source, Network):
        net = source
    else:
        from hinterland.app.reading import read

        there = sample_path(str(source)) if str(source) in sample_names() and not Path(str(source)).exists() else Path(str(source))
        net = read(there)
    world = net if net.resolved and scenario is None else resolve(net, scenario)
    return world, world.settings.currency


def _country(column: str, name: str, world: Network) -> str:
    """A country by its two letters; a customs territory stands for one of its countries."""
    table = world["countries"].select("country", "customs_territory").sort("country", descending=True)
    territories = {"EU": "DE"} | {wide: country for country, wide in table.iter_rows() if wide}
    known = COUNTRY_CODES | set(table["country"].to_list())
    if name not in known and name not in territories:
        raise _refuse(column, f"there is no country {name!r}", "countries go by their two letters", nearest(name, sorted(known)))
    return name if name in known else territories[name]


def duties(
    importer: str,
    origin: str,
    hs_code: str,
    on: date,
    *,
    use: str | None = None,
    claims: Sequence[str] = (),
    producer: str | None = None,
    value: float = 100.0,
    net_kg: float = 0.0,
    declared_co2e_kg: float = 0.0,
    network: str | Path | Network | None = None,
    scenario: str | Sequence[str] | None = None,
) -> DutiesExplained:
    """Explain what is due on goods of an origin that enter an importing country on a day, for a customs value.

    `claims` name the origin rules that the goods are claimed to meet. Rules come from `network` (a network, a folder, a
    workbook, a sample's name, or `pack:NAME` for the rows of a pack alone), else from the shipped file. Of a network those
    rows count that its knowledge date knows. Raises InvalidTables for a country, tariff line, use or claim that no row knows.
    """
    from hinterland.model.origins import duty_rules

    world, currency = _network(network, scenario)
    rules = duty_rules(world)
    code, asked = tariff_digits(hs_code), declared_use(use)
    if not code.isdigit() or not _FEWEST <= len(code) <= _MOST:
        why, fix = "a tariff line has 2 to 10 digits", "write 8507600010 or 8507.60"
        raise _refuse("hs", f"{hs_code!r} is no tariff line", why, fix, "bad_tariff_line")
    ends = [_country(column, name, world) for column, name in (("to", importer), ("from", origin))]
    here = [rule for rule in rules if rule.importers is None or ends[0] in rule.importers]
    named = [
        ("use", asked, {rule.use for rule in here}),
        *(("claim", one, {rule.needs for rule in here} | {rule.unless for rule in here}) for one in claims),
    ]
    for column, one, some in named:
        names = sorted(name for name in some if name is not None)
        if one is not None and one not in names:
            raise _refuse(
                column, f"no duty of {importer} asks for {one!r}", f"its rows know {', '.join(names) or 'none'}", nearest(one, names)
            )
    goods = Goods(ends[0], ends[1], code, asked, producer, frozenset(claims), value, net_kg, declared_co2e_kg)
    book = Book.of(rules)
    titles = {source: title or source for source, title in world["sources"].select("source_id", "title").iter_rows()}
    day = day_number(on)
    ordinary = {rule.hs_prefix for rule in here if rule.programme == BASE and rule.first_day <= day <= rule.last_day}
    return DutiesExplained(stack_on(book, goods, on), tuple(branches(book, goods, on)), titles, currency, tuple(sorted(ordinary)))
