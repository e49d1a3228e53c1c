"""Duty rows that contradict each other, lead nowhere or cannot be read, and goods that would cross a border for nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue, Severity
from hinterland.tables.declared import TABLES
from hinterland.tables.typing import bad_cells, nearest
from hinterland.tables.where import Members, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

__all__ = ["trade_problems"]

_BASE = "mfn"
_LINE = re.compile(r"^\d{2,10}$")
_SHARED = 6
"""Digits of a tariff line that all importers share (the Harmonized System)."""
_LISTED = 8


@dataclass(frozen=True, slots=True)
class _Row:
    """A duty row as these checks compare it; None is everyone, or no end."""

    row: int
    rule_id: str
    programme: str
    importers: frozenset[str] | None
    origins: frozenset[str] | None
    prefix: str
    producer: str | None
    use: str | None
    needs: str | None
    unless: str | None
    first: date | None
    last: date | None
    excludes: frozenset[str]
    asks: tuple[float, float, float, str]

    @property
    def rank(self) -> tuple[object, ...]:
        """What decides between two rows of a programme, the id left out."""
        sizes = tuple(-1 if some is None else len(some) for some in (self.importers, self.origins))
        asked = (self.needs is not None) + (self.unless is not None)
        return (self.programme, self.prefix, self.producer, self.use, asked, *sizes, self.first)


def _line(code: str | None) -> str:
    return "".join((code or "").replace(".", "").split())


class _Places:
    """Countries that a cell means: itself, those of a region or territory, those of a group, the country of a site."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._members = Members.of(tables)
        self._of_site = dict(tables["sites"].select("site_id", "country").iter_rows())
        self._wide = set(tables["countries"]["region"].drop_nulls()) | set(tables["countries"]["customs_territory"].drop_nulls())
        self._wide -= set(tables["countries"]["country"].drop_nulls())

    def countries(self, cell: str | None) -> frozenset[str] | None:
        """Countries meant by a cell, None for everyone."""
        if not tokens(cell):
            return None
        found: set[str] = set()
        for token in tokens(cell):
            names = {one.removeprefix("@") for one in self._members.opened("@" + token.removeprefix("@"))}
            below = {str(self._of_site.get(one, one)) for one in names}
            name = token.removeprefix("@")
            found |= below - ({name} if len(below) > 1 and (name in self._wide or name in self._members.groups) else set())
        return frozenset(found)

    def products(self, cell: str | None) -> frozenset[str] | None:
        """Products meant by a cell, None for every product."""
        if not tokens(cell):
            return None
        return frozenset(one.removeprefix("@") for token in tokens(cell) for one in self._members.opened("@" + token.removeprefix("@")))


def _rows(duties: pl.DataFrame, places: _Places) -> list[_Row]:
    opened = {cell: places.countries(cell) for name in ("importer", "origin") for cell in duties[name].unique().to_list()}
    return [
        _Row(
            row["_row"],
            row["rule_id"] or "",
            row["programme"] or _BASE,
            opened[row["importer"]],
            opened[row["origin"]],
            _line(row["hs_prefix"]),
            row["producer"],
            row["use"],
            row["origin_rule_id"],
            row["applies_if_not_origin_rule_id"],
            row["valid_from"],
            row["valid_to"],
            frozenset(tokens(row["excludes_programmes"])),
            (row["ad_valorem_share"] or 0.0, row["specific_per_kg"] or 0.0, row["co2e_price_per_t"] or 0.0, row["stacking"] or "add"),
        )
        for row in duties.iter_rows(named=True)
    ]


def _share(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or not one.isdisjoint(other)


def _meet(one: _Row, other: _Row) -> bool:
    """Whether some goods on some day are spoken of by both rows."""
    if not (_share(one.importers, other.importers) and _share(one.origins, other.origins)):
        return False
    if not (one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)):
        return False
    if any(None not in pair and pair[0] != pair[1] for pair in ((one.producer, other.producer), (one.use, other.use))):
        return False
    if (one.needs is not None and one.needs == other.unless) or (other.needs is not None and other.needs == one.unless):
        return False
    first = max((day for day in (one.first, other.first) if day is not None), default=None)
    last = min((day for day in (one.last, other.last) if day is not None), default=None)
    return first is None or last is None or first <= last


def _issue(row: _Row, column: str, code: str, what: str, why: str, fix: str, severity: Severity = "error") -> Issue:
    return Issue("duties", row.row, column, code, what=what, why=why, fix=fix, severity=severity)


def _ties(rows: list[_Row]) -> list[Issue]:
    """Rows of one programme and rank that speak of the same goods on the same days and ask for different duties."""
    ranked: dict[tuple[object, ...], list[_Row]] = {}
    for row in rows:
        ranked.setdefault(row.rank, []).append(row)
    issues = []
    for tied in ranked.values():
        for one, other in combinations(tied, 2):
            if (one.asks != other.asks or one.excludes != other.excludes) and _meet(one, other):
                if one.needs is not None and other.needs is not None and one.needs != other.needs:
                    continue  # two preferences: goods claim one of them
                what = f"{one.rule_id} (row {one.row}) and {other.rule_id} ask for different duties on the same goods and days"
                why = f"one row of the programme {one.programme} applies, and nothing makes one of them narrower or later"
                issues.append(_issue(other, "ad_valorem_share", "duty_tie", what, why, "end one before the other starts, or delete one"))
    return issues


def _rings(rows: list[_Row]) -> list[Issue]:
    """Rows whose switches lead back to their own programme."""
    switches = [row for row in rows if row.excludes]
    leads = {one.row: [other for other in switches if other.programme in one.excludes and _meet(one, other)] for one in switches}
    issues = []
    for row in switches:
        if row.programme in row.excludes:
            what = f"{row.rule_id} turns off its own programme {row.programme}"
            issues.append(_issue(row, "excludes_programmes", "duty_ring", what, "it would turn itself off", f"take {row.programme} out"))
            continue
        seen, stack = {row.row}, [row]
        ring = False
        while stack and not ring:
            for step in leads[stack.pop().row]:
                if row.programme in step.excludes and _meet(step, row):
                    ring = True
                elif step.row not in seen:
                    seen.add(step.row)
                    stack.append(step)
        if ring:
            what = f"{row.rule_id} turns off a programme that turns off {row.programme} again"
            why = "which of them holds cannot be said"
            issues.append(
                _issue(row, "excludes_programmes", "duty_ring", what, why, "let one of the programmes exclude the other, not both")
            )
    return issues


def _switches(rows: list[_Row]) -> list[Issue]:
    """Switches of programmes that are not there, and layers net of an ordinary duty that nobody gives."""
    programmes = sorted({row.programme for row in rows})
    issues = []
    for row in rows:
        for name in sorted(row.excludes - set(programmes)):
            what, why = f"{row.rule_id} turns off {name!r}", "no duty row is of this programme, so the switch does nothing"
            issues.append(
                _issue(
                    row,
                    "excludes_programmes",
                    "unknown_programme",
                    what,
                    why,
                    f"correct it ({nearest(name, programmes)}), or take it out",
                    "warning",
                )
            )
        if row.asks[3] == "net_of_mfn" and not any(one.programme == _BASE and _share(one.importers, row.importers) for one in rows):
            what = f"{row.rule_id} is net of the ordinary duty, and its importer has none"
            why = "without a row of the programme mfn it takes its whole rate"
            issues.append(
                _issue(row, "stacking", "no_base_duty", what, why, "add the ordinary duty with programme mfn (0 if it is free)", "warning")
            )
    return issues


def _lines(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Tariff lines that are none."""
    issues = []
    for name, column in (("duties", "hs_prefix"), ("product_codes", "hs_code"), ("origin_rules", "hs_prefix")):
        cells = tables[name].select("_row", cell=column).filter(pl.col("cell").is_not_null() & (pl.col("cell").str.strip_chars() != ""))
        odd = [cell for cell in cells["cell"].unique().to_list() if not _LINE.match(_line(cell))]
        if odd:
            rows = cells.filter(pl.col("cell").is_in(odd)).sort("_row")
            fix = "write 2 to 10 digits, dots allowed: 8507.60.0010"
            issues += bad_cells(name, TABLES[name].by_name[column], rows, "bad_tariff_line", "a tariff line has 2 to 10 digits", fix)
    return issues


def _unmatched(tables: Mapping[str, pl.DataFrame], rows: list[_Row]) -> list[Issue]:
    """One warning for all prefixes that no tariff line of a product starts with."""
    codes = sorted({_line(code) for code in tables["product_codes"]["hs_code"].drop_nulls().to_list()})
    lost = [row for row in rows if row.prefix and _LINE.match(row.prefix) and not any(code.startswith(row.prefix) for code in codes)]
    if not codes or not lost:
        return []
    named = sorted({row.prefix for row in lost})
    short = next(((row.prefix, code) for row in lost for code in codes if row.prefix.startswith(code)), None)
    what = f"{len(named)} tariff lines of duties match no product: {', '.join(named[:_LISTED])}{' …' if len(named) > _LISTED else ''}"
    why = f"product_codes knows {short[1]}, which does not say whether it is {short[0]}" if short else "these duties apply to nothing here"
    fix = "give products their line with all digits, or correct the prefix; nothing to do if such goods do not move here"
    return [_issue(min(lost, key=lambda row: row.row), "hs_prefix", "unmatched_tariff_line", what, why, fix, "warning")]


def _moves(tables: Mapping[str, pl.DataFrame], places: _Places) -> set[tuple[str, str]]:
    """(product, importing country) that a lane or lane rule may carry over the border of a customs territory."""
    sites = tables["sites"].select("site_id", "country")
    territory = {country: wide or country for country, wide in tables["countries"].select("country", "customs_territory").iter_rows()}
    lines = tables["processes"].join(sites, on="site_id").select("country", "recipe_id", own="product_id")
    made = lines.join(tables["recipes"].select("recipe_id", good="product_id"), on="recipe_id", how="left")
    used = lines.join(tables["recipe_lines"].select("recipe_id", "product_id", "role"), on="recipe_id")
    gives = set(made.select("country", pl.coalesce("good", "own")).iter_rows())
    gives |= set(used.filter(pl.col("role") != "input").select("country", "product_id").iter_rows())
    gives |= set(tables["purchases"].join(sites, on="site_id").select("country", "product_id").iter_rows())
    takes = set(used.filter(pl.col("role") == "input").select("country", "product_id").iter_rows())
    for name in ("demand", "stocks"):
        takes |= set(tables[name].join(sites, on="site_id").select("country", "product_id").iter_rows())
    sold, wanted = (
        {product: {country for country, one in pairs if one == product} for _, product in pairs} for pairs in (gives, takes | gives)
    )
    start, end = (sites.rename({"site_id": side, "country": f"{side}_country"}) for side in ("from_site", "to_site"))
    lanes = tables["lanes"].select("from_site", "to_site", "product_id").join(start, on="from_site").join(end, on="to_site")
    ways = [(frozenset({one}), frozenset({other}), cell) for one, other, cell in
            lanes.select("from_site_country", "to_site_country", "product_id").unique().iter_rows()]  # fmt: skip
    rules = tables["lane_rules"].select("from_group", "to_group", "product_id").unique().iter_rows()
    ways += [(places.countries(one), places.countries(other), cell) for one, other, cell in rules]  # type: ignore[misc]
    found = set()
    for origins, ends, cell in ways:
        for product in places.products(cell) or set(wanted):
            from_places = {territory.get(one, one) for one in sold.get(product, ()) if origins is None or one in origins}
            for country in wanted.get(product, ()):
                if (ends is None or country in ends) and from_places - {territory.get(country, country)}:
                    found.add((product, country))
    return found


def _uncoded(tables: Mapping[str, pl.DataFrame], rows: list[_Row], places: _Places) -> list[Issue]:
    """Goods that cross a border where duties are due and have no tariff line there: they would pay nothing."""
    codes: dict[str, list[tuple[str, frozenset[str] | None]]] = {}
    for product, importer, code in tables["product_codes"].select("product_id", "importer", "hs_code").iter_rows():
        codes.setdefault(product, []).append((_line(code), places.countries(importer)))
    dutiable = [row for row in rows if any(row.asks[:3])]
    lost: dict[str, set[str]] = {}
    for product, country in _moves(tables, places):
        own = codes.get(product, [])
        here = [row for row in dutiable if row.importers is None or country in row.importers]
        if not here or any(who is None or country in who for _, who in own):
            continue
        heads = {code[:_SHARED] for code, _ in own}
        if not own or any(head.startswith(row.prefix[:_SHARED]) or row.prefix.startswith(head) for row in here for head in heads):
            lost.setdefault(product, set()).add(country)
    issues = []
    for row, product in tables["products"].select("_row", "product_id").iter_rows():
        if product in lost:
            where = ", ".join(sorted(lost[product])[:_LISTED])
            what = f"{product} has no tariff line for {where}{' …' if len(lost[product]) > _LISTED else ''}"
            why = "it may cross the border there, where duties are due, and would pay none"
            fix = f"add {product} to product_codes for this importer (* is every importer)"
            issues.append(Issue("products", row, "product_id", "no_tariff_line", what=what, why=why, fix=fix, severity="warning"))
    return issues


def _unweighed(tables: Mapping[str, pl.DataFrame], rows: list[_Row]) -> list[Issue]:
    """Goods whose line pays by the kilogram or by declared CO2e, and of which neither is known."""
    lines: dict[str, set[str]] = {}
    for product, code in tables["product_codes"].select("product_id", "hs_code").iter_rows():
        lines.setdefault(product, set()).add(_line(code))
    weighed = set(tables["products"].filter(pl.col("mass_kg_per_unit").is_not_null())["product_id"].to_list())
    declared = set(tables["product_values"].filter(pl.col("declared_co2e_kg_per_unit").is_not_null())["product_id"].to_list())
    issues = []
    for at, known, column, table in (
        (1, weighed, "mass_kg_per_unit", "products"),
        (2, declared, "declared_co2e_kg_per_unit", "product_values"),
    ):
        asking = [row for row in rows if row.asks[at]]
        for product in sorted(set(lines) - known):
            first = next((row for row in asking if any(code.startswith(row.prefix) for code in lines[product])), None)
            if first is not None:
                what, why = f"{product} has no {column}, and {first.rule_id} takes a duty of it", "that part of the duty counts as nothing"
                issues.append(_issue(first, ("", "specific_per_kg", "co2e_price_per_t")[at], "counted_as_zero", what, why, f"fill {column} of {product} in {table}", "warning"))  # fmt: skip
    return issues


def trade_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Problems of duty rows and tariff lines."""
    issues = _lines(tables)
    if not tables["duties"].height:
        return issues
    places = _Places(tables)
    rows = _rows(tables["duties"], places)
    return issues + _told(_ties(rows), _rings(rows), _switches(rows), _unmatched(tables, rows),
                          _uncoded(tables, rows, places), _unweighed(tables, rows))  # fmt: skip


def _told(*parts: Iterable[Issue]) -> list[Issue]:
    return [issue for part in parts for issue in part]
