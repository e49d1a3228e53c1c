"""Standards and electricity: levels no scheme knows, certificates that lapse, requirements nobody can meet, contracts for no use."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, day_number
from hinterland.core.errors import Issue
from hinterland.tables.schemes import joined, offered, ranks_of
from hinterland.tables.typing import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["standard_problems"]

_EPOCH = date(1970, 1, 1)


def _warn(table: str, row: int | None, column: str, code: str, what: str, why: str, fix: str) -> Issue:
    return Issue(table, row, column, code, what=what, why=why, fix=fix, severity="warning")


def _levels(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Levels that their scheme does not know; where a level is asked for, the scheme must rank its levels."""
    ranks = ranks_of(tables["schemes"])
    known: dict[str, list[str]] = {}
    for scheme, level in ranks:
        known.setdefault(scheme, []).extend([level] if level else [])
    told = [("certificates", "level", row, scheme, level, False)
            for row, scheme, level in tables["certificates"].select("_row", "scheme", "level").iter_rows()]  # fmt: skip
    told += [("purchases", "certified", row, scheme, level or None, False)
             for row, cell in tables["purchases"].select("_row", "certified").drop_nulls().iter_rows()
             for scheme, level in offered(cell).items()]  # fmt: skip
    told += [("requirements", "min_level", row, scheme, level, True)
             for row, scheme, level in tables["requirements"].select("_row", "scheme", "min_level").iter_rows()]  # fmt: skip
    for table, column, row, scheme, level, asked in told:
        if level and (asked or scheme in known) and (scheme, level) not in ranks:
            hint = nearest(level, sorted(known.get(scheme, []))) if known.get(scheme) else f"schemes has no level of {scheme}"
            fix = f"add {scheme}, {level} with its rank to schemes, or correct the cell ({hint})"
            yield Issue(table, row, column, "unknown_level", f"{scheme} has no level {level!r}", "levels are compared by rank", fix)


def _held(tables: Mapping[str, pl.DataFrame]) -> set[str]:
    """Schemes that a certificate or an offer holds."""
    held = set(tables["certificates"]["scheme"].drop_nulls().to_list())
    return held | {scheme for cell in tables["purchases"]["certified"].drop_nulls().to_list() for scheme in offered(cell)}


def _asked(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Requirements and policies for a scheme that nobody holds, or for none; requirements that hold in no period."""
    held = _held(tables)
    policies = tables["policies"].filter(pl.col("kind") == "require_certificate").select("_row", "policy_id", "value_unit")
    rows = [("requirements", "scheme", *row) for row in tables["requirements"].select("_row", "requirement_id", "scheme").iter_rows()]
    for table, column, row, name, scheme in [*rows, *(("policies", "value_unit", *row) for row in policies.iter_rows())]:
        if not scheme and table == "policies":
            why, fix = "value_unit names the scheme that is asked for", "write the scheme into value_unit, as IRMA"
            yield Issue(table, row, column, "empty_cell", f"policy {name} names no scheme", why, fix)
        elif scheme and scheme not in held:
            what, why = f"{name} asks for {scheme}", f"nobody holds {scheme}: what it speaks of may not move, or pays the penalty"
            hint = nearest(scheme, sorted(held)) if held else "certificates is empty"
            yield _warn(table, row, column, "nobody_certified", what, why, f"add certificates of {scheme}, or correct the cell ({hint})")
    first, last = tables["periods"]["start_date"].min(), tables["periods"]["end_date"].max()
    for row, name, start, end in tables["requirements"].select("_row", "requirement_id", "from_date", "to_date").iter_rows():
        what, fix = f"requirement {name} holds in no period", "correct the date, or leave the row out"
        if isinstance(last, date) and start is not None and start > last:
            yield _warn("requirements", row, "from_date", "binds_nothing", what, f"it begins {start}, the last period ends {last}", fix)
        elif isinstance(first, date) and end is not None and end < first:
            yield _warn("requirements", row, "to_date", "binds_nothing", what, f"it ends {end}, the first period starts {first}", fix)


def _number(day: date | None, empty: int) -> int:
    return empty if day is None else day_number(day)


def _lapses(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Certificates that end within the horizon without one that follows, with the first period that is then uncovered."""
    periods = sorted(tables["periods"].select("start_date", "end_date", "period_id").drop_nulls().iter_rows())
    rows = tables["certificates"].select("_row", "site_id", "product_id", "scheme", "valid_from", "valid_to").rows()
    spans: dict[tuple[str, str], list[tuple[str | None, int, tuple[int, int]]]] = {}
    for row, site, product, scheme, start, stop in rows:
        spans.setdefault((site, scheme), []).append((product, row, (_number(start, FAR_PAST), _number(stop, FAR_FUTURE))))
    for (site, scheme), mine in spans.items():
        named = {product for product, _, _ in mine}
        for product in sorted(named, key=lambda one: one or ""):
            held = [(row, span) for goods, row, span in mine if goods in {None, product}]
            yield from _lapse(site, scheme, product, held, periods)


def _lapse(
    site: str, scheme: str, product: str | None, held: list[tuple[int, tuple[int, int]]], periods: list[tuple[date, date, str]]
) -> Iterator[Issue]:
    """The first period that is not covered after a certificate ended."""
    whole = joined(span for _, span in held)
    for start, end, period in periods:
        low, high = day_number(start), day_number(end)
        if any(first <= low and high <= last for first, last in whole):
            continue
        ended = [last for _, last in whole if last < high]
        if not ended:
            continue
        gap = max(ended) + 1
        row = max((row for row, span in held if span[1] == gap - 1), default=None)
        day = _EPOCH + timedelta(days=gap)
        goods = f" for {product}" if product else ""
        what = f"{site} is without {scheme}{goods} from {day}: {period} is the first period it does not cover"
        why = "a certificate counts in periods that it covers whole"
        yield _warn(
            "certificates", row, "valid_to", "certificate_lapses", what, why, "add the certificate that follows, or plan without it"
        )
        return


def _electricity(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Power contracts of sites that use no electricity, and whose processes emit nothing of their own either.

    A line with direct CO2e and no kWh counts a published footprint with its energy inside: that is said of it, and is no slip.
    """
    uses = (pl.col("electricity_kwh_per_unit") > 0) | (pl.col("direct_co2e_kg_per_unit") > 0)
    busy = set(tables["processes"].filter(uses)["site_id"].to_list())
    moved = sum(
        tables[name].filter((pl.col("table") == "processes") & (pl.col("column") == "electricity_kwh_per_unit")).height
        for name in ("overrides", "changes")
    )
    known = set(tables["sites"]["site_id"].to_list())
    for row, name, site in tables["power_contracts"].select("_row", "power_contract_id", "site_id").iter_rows():
        if site in known and site not in busy and not moved:
            what, why = f"{name} supplies {site}", f"no process of {site} uses electricity: the contract does nothing"
            fix = "fill electricity_kwh_per_unit of its processes, or leave the contract out"
            yield _warn("power_contracts", row, "site_id", "idle_power", what, why, fix)


def _bases(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Renewable shares on a basis that is none."""
    rows = tables["policies"].filter(pl.col("kind") == "min_renewable_share").select("_row", "policy_id", "value_unit")
    for row, name, unit in rows.drop_nulls("value_unit").iter_rows():
        if unit not in {"market", "location", "share"}:
            what, fix = f"policy {name} counts in {unit!r}", "write market or location, or leave it empty: settings.electricity_basis"
            yield Issue("policies", row, "value_unit", "wrong_choice", what, "a renewable share is market-based or location-based", fix)


def standard_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Everything about certificates, requirements, renewable shares and power contracts that the tables alone can tell."""
    parts = (_levels, _asked, _lapses, _electricity, _bases)
    return [issue for part in parts for issue in part(tables)]
