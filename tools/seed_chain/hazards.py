"""What may break, read from risk.csv: probabilities become rates, means with their spread become lognormal durations.

rate       events a year = −ln(1 − p): the chance of at least one event in a year is p
spread     gamma of shape k: σ = √ln(1 + 1/k); "lognormal sd s": σ = s; none told: exponential (k = 1), σ = 0.83, assumed
governance a site's own stops times exp(−0.5 · mean of the six governance scores), as risk.csv suggests
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from seed_chain.reference import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed_chain.reference import Reference

__all__ = [
    "CLASSES", "CLASS_OF", "Duration", "Hazards", "beyond", "classes_of", "events_per_year", "governance", "in_notes", "seen_once", "sigma_of_gamma",
    "site_stops",
]  # fmt: skip

Row = dict[str, object]
CLASSES = ("mine", "refinery", "precursor", "cathode", "anode", "electrolyte_separator", "cell", "pack", "vehicle")
"""Classes of sites as risk.csv names them."""
CLASS_OF = {
    **dict.fromkeys(("spodumene_sc6", "graphite_flake", "cobalt_hydroxide"), "mine"),
    **dict.fromkeys(("nickel_mhp", "nickel_class1", "nickel_sulphate", "cobalt_sulphate", "lithium_hydroxide", "lithium_carbonate"), "refinery"),
    "pcam_nmc811": "precursor", "cam_nmc811": "cathode", "cam_lfp": "cathode", "anode_graphite": "anode",
    "electrolyte": "electrolyte_separator", "separator": "electrolyte_separator",
    "cell_nmc811": "cell", "cell_lfp": "cell", "pack": "pack", "pack_nmc811": "pack", "pack_lfp": "pack",
}  # fmt: skip
"""Class of a line by what it makes; high-pressure leaching counts as a refinery, as in sites.csv."""
OBSERVED_YEARS = 16.0
"""2010 to 2025, the years that risk.csv counts chokepoint events in."""
EXPONENTIAL = sqrt(log(2.0))
"""Sigma of the lognormal with mean and variance of an exponential: where nobody tells the spread."""


def sigma_of_gamma(shape: float) -> float:
    """Sigma of the lognormal of the same mean and variance as a gamma of this shape.

    >>> round(sigma_of_gamma(1.2), 4)
    0.7786
    """
    return sqrt(log(1.0 + 1.0 / shape))


def events_per_year(probability: Fact) -> Fact:
    """Poisson rate with which at least one event a year has this probability.

    >>> round(events_per_year(Fact(0.12, "assumed", "A")).value, 4)
    0.1278
    """
    return replace(probability, value=-log(1.0 - probability.value))


def in_notes(row: dict[str, str], pattern: str) -> Fact:
    """A number that the notes of a row state, by a pattern with one group."""
    found = re.search(pattern, row["notes"])
    if found is None:
        raise LookupError(f"risk: no {pattern!r} in the notes of {row['scope']}: {row['notes']}")
    return Fact(float(found.group(1)), row["quality"], row["source"])


def governance(ref: Reference, country: str) -> Fact:
    """What a country's governance does to the rates of its sites: exp(−0.5 · score)."""
    row = ref.row("risk", scope=country, metric="wgi_mean")
    part = in_notes(row, r"multiplier exp\((-[0-9.]+)\*score\)")
    return Fact(exp(part.value * float(row["value"])), "assumed", row["source"])


@dataclass(frozen=True)
class Duration:
    """Mean days, their spread, and how it was told."""

    days: Fact
    sigma: float
    told: str

    @classmethod
    def of_class(cls, ref: Reference, kind: str) -> Duration:
        """Mean outage of a class of sites, with the spread that its note names."""
        where = {"scope": f"site:{kind}", "metric": "mean outage duration"}
        row, days = ref.row("risk", **where), ref.fact("risk", **where)
        gamma, normal = re.search(r"gamma\(k=([0-9.]+)\)", row["notes"]), re.search(r"lognormal sd ([0-9.]+)", row["notes"])
        if gamma:
            return cls(days, sigma_of_gamma(float(gamma.group(1))), f"gamma of shape {gamma.group(1)} as lognormal")
        if normal:
            return cls(days, float(normal.group(1)), f"lognormal, sd {normal.group(1)}")
        raise LookupError(f"risk: no distribution in the notes of {where}: {row['notes']}")

    @classmethod
    def untold(cls, days: Fact) -> Duration:
        """A mean whose spread nobody tells."""
        return cls(days, EXPONENTIAL, "spread not told: exponential as lognormal (assumed)")


def seen_once(source: Fact) -> Fact:
    """Rate of what has happened once in the years looked at."""
    return Fact(1.0 / OBSERVED_YEARS, "estimated", source.source)


def beyond(ref: Reference, scope: str, days: float) -> tuple[Fact, Duration]:
    """Rate and duration of a closure as those feel it who have stock for so many days: only what lasts longer, and its rest.

    With ln D normal (m, σ): P(D > d) = Φ((m − ln d) / σ), E[D; D > d] = mean · Φ((m − ln d) / σ + σ).
    """
    row = ref.row("risk", kind="base_rate", scope=scope)
    mean, rate = in_notes(row, r"mean duration ([0-9.]+) days"), events_per_year(ref.fact("risk", kind="base_rate", scope=scope))
    far = (log(mean.value) - EXPONENTIAL**2 / 2.0 - log(days)) / EXPONENTIAL
    longer = NormalDist().cdf(far)
    rest = mean.value * NormalDist().cdf(far + EXPONENTIAL) / longer - days
    return rate * longer, Duration.untold(replace(mean, value=rest))


class Hazards:
    """Rows of the table, one by one."""

    def __init__(self, ref: Reference) -> None:
        self.ref = ref
        self.rows: list[Row] = []

    def add(
        self,
        name: str,
        scope: tuple[str, Iterable[str]],
        rate: Fact,
        lasts: Duration,
        note: str,
        *,
        loss: float | None = 1.0,
        **more: object,
    ) -> None:
        """One row; `scope` is its kind and names. Quality is that of rate and duration, the weaker."""
        kind, names = scope
        both = rate + lasts.days * 1e-9
        self.rows.append(
            {
                "hazard_id": name, "scope_kind": kind, "scope_value": "|".join(names), "events_per_year": rate.value, "duration_days_mean": lasts.days.value,
                "duration_sigma": lasts.sigma, "capacity_loss_share": loss, "source_id": (rate * lasts.days).source,
                "quality": max((both.quality, rate.quality, lasts.days.quality), key=("reported", "derived", "estimated", "assumed").index),
                "note": f"{note}; {lasts.told}", **more,
            }
        )  # fmt: skip

    def from_row(self, name: str, scope: tuple[str, Iterable[str]], told: str, note: str, **more: object) -> None:
        """A row of risk.csv that states a probability, and the mean days in its notes."""
        row = next((one for one in self.ref.tables["risk"] if one["kind"] == "base_rate" and one["scope"] == told), None)
        if row is None:
            raise LookupError(f"risk: no base rate {told!r}")
        rate = events_per_year(self.ref.fact("risk", kind="base_rate", scope=told))
        text = f"p = {row['value']} ({row['low']} to {row['high']}) a year" + (f"; {note}" if note else "")
        self.add(name, scope, rate, Duration.untold(in_notes(row, r"mean duration ([0-9.]+) days")), text, **more)


def _lines(processes: list[Row], good: dict[str, str]) -> dict[str, dict[str, set[str]]]:
    """Classes of each site and its lines of the class, as `site/recipe`."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in processes:
        kind = CLASS_OF[str(row.get("product_id") or good[str(row["recipe_id"])])]
        found.setdefault(str(row["site_id"]), {}).setdefault(kind, set()).add(f"{row['site_id']}/{row.get('recipe_id') or ''}")
    return found


def classes_of(processes: list[Row], good: dict[str, str], mined: tuple[str, ...]) -> dict[str, dict[str, set[str]]]:
    """Lines by site and class; `mined` are lines that hold a mine whose feed is not traded: its stops are theirs."""
    found = _lines(processes, good)
    for line in mined:
        kinds = found[line.partition("/")[0]]
        if line not in {one for some in kinds.values() for one in some}:
            raise LookupError(f"no line {line}")
        kinds["mine"] = {line}
    return found


def site_stops(ref: Reference, classes: dict[str, dict[str, set[str]]], country: dict[str, str], plants: set[str]) -> list[Row]:
    """Major stops by class and country: each site, or each line where a site has lines of several classes or is a vehicle plant.

    Vehicle plants (`plants`) want nothing while they stand still.
    """
    made = Hazards(ref)
    for kind in CLASSES:
        probability = ref.fact("risk", scope=f"site:{kind}", metric="annual probability: major stop*")
        lasts = Duration.of_class(ref, kind)
        spread = f"p = {probability.value:g} ({probability.low:g} to {probability.high:g}) a year"
        members: dict[tuple[str, str], set[str]] = {}
        for site, kinds in classes.items():
            every = {line for some in kinds.values() for line in some}
            if kind in kinds:
                whole = kinds[kind] == every and site not in plants
                members.setdefault((country[site], "site" if whole else "process"), set()).update({site} if whole else kinds[kind])
        if kind == "vehicle":
            for site in plants:
                members.setdefault((country[site], "demand"), set()).add(site)
        for (home, scope), names in sorted(members.items()):
            factor = governance(ref, home)
            note = f"{spread}; × {factor.value:.2f} for governance"
            name = f"{kind}_stop_{home.lower()}" + ("_lines" if scope == "process" else "")
            change = {"loss": None, "demand_change_share": -1.0} if scope == "demand" else {}
            made.add(name, (scope, sorted(names)), events_per_year(probability) * factor, lasts, note, **change)  # type: ignore[arg-type]
    return made.rows
