"""Names for readers: key figures, cost kinds, stages in the order of the chain, regions."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.registry import KPIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hinterland.comparison import Board

__all__ = [
    "AIMS",
    "KIND_GROUPS",
    "PER_UNIT",
    "SITE_STAGE",
    "chain_order",
    "homes",
    "in_time",
    "kpi_name",
    "listed",
    "plain",
    "region_name",
    "sentence",
    "short_name",
    "stage_of_site",
    "wanted",
]

SITE_STAGE = "(site)"
"""The stage under which a board keeps what no product carries."""

PER_UNIT = ("cost_per_", "co2e_kg_per_", "co2e_location_kg_per_")

KIND_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "purchase": "purchases",
        "conversion": "conversion",
        "electricity": "energy",
        "heat": "energy",
        "freight": "freight",
        "transit_holding": "freight",
        "lane_fixed": "freight",
        "qualification": "freight",
        "duty": "duty",
        "capital": "capital",
        "fixed": "sites",
        "opening": "sites",
        "restart": "sites",
        "closing": "sites",
        "holding": "stock and disposal",
        "disposal": "stock and disposal",
        "take_or_pay": "contracts",
        "sign": "contracts",
        "carbon": "carbon price",
        "credit": "incentives",
    }
)
"""Kinds of cost as a reader groups them; a kind that is not here stands for itself."""

AIMS: Mapping[str, str] = MappingProxyType(
    {"CO2e": "Less CO₂e", "logistics disruptions": "Fewer and shorter logistics", "geopolitics": "Less exposure to geopolitics"}
)
"""The three aims as a board names them, and as a reader does."""

_KPIS = {one.name: one.title for one in KPIS}
_SHORT = {
    "cost_npv": "Present value",
    "passage_share": "Through passages",
    "customs_borders_mean": "Customs borders",
    "regional_share": "Regional by cost",
    "regional_share_value": "Regional by value",
    "single_source_share": "Single source",
    "risk_weighted_value_share": "Risk-weighted value",
    "country_hhi": "Country index",
}
_RISING_IS_BETTER = ("regional_share",)


def plain(name: str) -> str:
    """An id as words: `cam_nmc811` reads cam nmc811.

    >>> plain("lithium_hydroxide")
    'lithium hydroxide'
    """
    return "sites" if name == SITE_STAGE else name.replace("_", " ").strip() or "(unnamed)"


def region_name(name: str) -> str:
    """A region's id as a name; names that already have capitals stay.

    >>> region_name("rest_of_world"), region_name("EU")
    ('Rest of World', 'EU')
    """
    if name != name.lower():
        return plain(name)
    return " ".join(one if one in {"of", "and", "the"} else one.capitalize() for one in plain(name).split())


def kpi_name(kpi: str, unit: str) -> str:
    """Name of a key figure for people; `unit` is that of the delivered good.

    >>> kpi_name("cost_per_kwh", "kWh"), kpi_name("own_figure", "kWh")
    ('Cost per kWh', 'Own figure')
    """
    for start, words in zip(PER_UNIT, ("Cost per", "CO₂e per", "CO₂e per"), strict=True):
        if kpi.startswith(start):
            return f"{words} {unit}" + (", location basis" if "location" in kpi else "")
    return _KPIS.get(kpi) or ("Transport work" if kpi.startswith("tkm_per_") else sentence(plain(kpi)))


def short_name(kpi: str) -> str:
    """Name of a key figure above a narrow column whose unit stands below it.

    >>> short_name("co2e_location_kg_per_kwh"), short_name("km_mean")
    ('On location basis', 'Mean distance')
    """
    for start, words in zip(PER_UNIT, ("Real cost", "CO₂e", "On location basis"), strict=True):
        if kpi.startswith(start):
            return words
    return _SHORT.get(kpi) or kpi_name(kpi, "unit")


def wanted(kpi: str) -> int:
    """The direction in which a key figure is nearer to the aims: 1 up, −1 down."""
    return 1 if kpi.startswith(_RISING_IS_BETTER) else -1


def sentence(text: str) -> str:
    """The text with a capital first letter.

    >>> sentence("local-for-local costs more")
    'Local-for-local costs more'
    """
    return text[:1].upper() + text[1:]


def listed(names: list[str]) -> str:
    """Names as a reader lists them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def homes(board: Board) -> list[str]:
    """Regions of delivery."""
    return sorted(set(board.regional_share.filter(pl.col("home"))["region"].drop_nulls()) | set(board.delivered["region"].drop_nulls()))


def in_time(periods: Iterable[str]) -> list[str]:
    """Periods in the order their names tell, numbers by size.

    >>> in_time(["2026-Q10", "2026-Q2", "2025"])
    ['2025', '2026-Q2', '2026-Q10']
    """
    return sorted(set(periods), key=lambda one: (re.sub(r"\d+", lambda digits: digits.group().zfill(9), one), one))


def chain_order(board: Board) -> list[str]:
    """Every stage of a board from raw material to finished good; what no product carries comes last.

    A stage stands before another when a site that receives the one sends the other. Stages that never move come first.
    """
    moved = board.flows.select("from_site", "to_site", "stage").unique().drop_nulls()
    sent = moved.group_by("from_site").agg(pl.col("stage").unique().alias("after"))
    links = moved.join(sent, left_on="to_site", right_on="from_site").explode("after").filter(pl.col("stage") != pl.col("after"))
    below: dict[str, set[str]] = {stage: set() for stage in moved["stage"]}
    for stage, after in links.select("stage", "after").unique().iter_rows():
        below[stage].add(after)

    def depth(stage: str, seen: frozenset[str]) -> int:
        return 1 + max((depth(one, seen | {one}) for one in below[stage] if one not in seen), default=0)

    ordered = sorted(below, key=lambda stage: (-depth(stage, frozenset({stage})), stage))
    named = {*board.stages_cost["stage"], *board.stages_co2e["stage"]} - {None}
    still = sorted(named - set(below) - {SITE_STAGE})
    made_last = [one for one in still if one in set(board.sites.join(board.delivered, on="site_id", how="semi")["stage"])]
    first = [one for one in still if one not in made_last]
    return [*first, *ordered, *made_last, *([SITE_STAGE] if SITE_STAGE in named else [])]


def stage_of_site(board: Board) -> dict[str, str]:
    """The stage of what each site sends most of, over all plans; sites that never send are missing."""
    sent = board.flows.drop_nulls("stage").group_by("from_site", "stage").agg(pl.col("t").sum()).sort("t", "stage")
    return dict(sent.select("from_site", "stage").iter_rows())
