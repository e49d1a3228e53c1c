"""Every key figure: its name, unit, definition and denominator. docs/kpis.md is made from here and a test keeps it so."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AIMS", "DRIVERS", "KPIS", "Kpi", "kpi_names"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One key figure. `{unit}` and `{currency}` stand for the delivered product's unit and the money of the network.

    `title` names it for people; `definition` says in a sentence what it tells, `counted` how it is counted, `denominator` what
    it is divided by.
    """

    name: str
    unit: str
    title: str
    definition: str
    counted: str
    denominator: str
    aim: str = ""

    def named(self, unit: str) -> str:
        """Name for a delivered unit: cost_per_kwh."""
        return self.name.format(unit=unit.lower())

    def counted_in(self, unit: str, currency: str) -> str:
        """Unit of the value: USD/kWh."""
        return self.unit.format(unit=unit, currency=currency)


AIMS = ("CO2e", "logistics disruptions", "geopolitics")
"""The three aims, in reading order."""
_CARBON, _MOVING, _WORLD = AIMS
_SPENT = (
    "making, buying, energy, moving, duty, sites, new lines, stock, contracts and a carbon price, less incentives. Capital of what "
    "stands already is sunk. What nobody pays is left out: shortage cost and penalties of soft rules"
)
_MOVED = "every lane of the chain, weighed by gross tonnes (packaging included), from mine to delivery"

KPIS = (
    Kpi("cost_total", "{currency}", "Real cost", "all that the plan spends over the horizon", f"not discounted: {_SPENT}", "nothing"),
    Kpi(
        "cost_npv",
        "{currency}",
        "Real cost, present value",
        "all that the plan spends over the horizon, at its worth on the base date",
        "every amount discounted to base_date at discount_rate_share, by the mean over the days of its period",
        "nothing",
    ),
    Kpi(
        "cost_per_{unit}",
        "{currency}/{unit}",
        "Real cost per unit",
        "what a delivered unit costs on average",
        "real cost over the horizon, not discounted",
        "units delivered over the horizon",
    ),
    Kpi(
        "co2e_total_t",
        "t",
        "CO₂e",
        "greenhouse gases from mine to delivery over the horizon",
        "what is burnt, used as electricity, moved and bought. Electricity by market: renewable power that a site has under contract counts",
        "nothing",
        _CARBON,
    ),
    Kpi(
        "co2e_kg_per_{unit}",
        "kg/{unit}",
        "CO₂e per unit",
        "greenhouse gases that a delivered unit carries on average",
        "as above, electricity by market",
        "units delivered over the horizon",
        _CARBON,
    ),
    Kpi(
        "co2e_location_kg_per_{unit}",
        "kg/{unit}",
        "CO₂e per unit, location basis",
        "greenhouse gases that a delivered unit carries, with the electricity that the local grid really delivers",
        "contracts do not count, what a site generates itself does",
        "units delivered over the horizon",
        _CARBON,
    ),
    Kpi(
        "km_mean",
        "km",
        "Mean distance",
        "how far a tonne travels on one lane, on average",
        f"tonne-kilometres over tonnes; {_MOVED}",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "tkm_per_{unit}",
        "tkm/{unit}",
        "Transport work",
        "how much transport a delivered unit has behind it",
        f"tonne-kilometres; {_MOVED}. Fewer or lighter goods lower it, a longer way raises it",
        "units delivered over the horizon",
        _MOVING,
    ),
    Kpi(
        "transit_days_mean",
        "days",
        "Mean transit time",
        "how many days a tonne is on its way on one lane, on average",
        f"tonne-days over tonnes; {_MOVED}",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "customs_borders_mean",
        "crossings/t",
        "Customs borders crossed",
        "how often a tonne clears customs on one lane, on average",
        "gross tonnes on lanes that end in another customs territory; borders within a customs union count for nothing",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "passage_share",
        "share",
        "Through sea passages",
        "how much of what is moved depends on a strait or canal",
        "gross tonnes on lanes through one or more of them, each lane once. Each passage has its own share beside it",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "single_source_share",
        "share",
        "Single-sourced inflow",
        "how much of what sites take in comes to a site from one source alone",
        "a site that gets all of a product in a period (but for a millionth) from one place: a sending site or an offer from outside "
        "(its own lines are another source). By value where every plan's goods have one (product_values, offers at their price), else "
        "by gross tonnes. It does not ask whether others could supply (single or sole sourcing, Larson and Kulchitsky 1998): the "
        "exposure is the same",
        "all that sites take in, by the same measure",
        _MOVING,
    ),
    Kpi(
        "regional_share",
        "share",
        "Regional share of cost",
        "how much of the cost of what is delivered in a region is spent in that region",
        "each unit counts against the region where it is delivered; with several markets the whole is their sum, and each has its own "
        "share beside it. Freight, goods in transit, duty and lane fees are spent on the way and left aside, and so are incentives. "
        "What is bought counts where it comes from; without a stated origin it counts as outside. What "
        "lay in stock before counts where it came from. Empty where countries has no region "
        "for a place of delivery",
        "all such cost, wherever it is spent",
        _WORLD,
    ),
    Kpi(
        "regional_share_value",
        "share",
        "Regional share of value",
        "how much of the value of all that goes into a unit is made or sold in the region where it is delivered",
        "every product of every tier at its value where it is made (product_values), so that what is upstream counts again downstream. A "
        "product that has no value at one of its makers is left out of every plan, and a note names it",
        "value of all that goes into what is delivered",
        _WORLD,
    ),
    Kpi(
        "regional_share_mass",
        "share",
        "Regional share of mass",
        "how much of the weight of all that goes into a unit is made or sold in the region where it is delivered",
        "net tonnes (without packaging) of every product of every tier",
        "net tonnes of all that goes into what is delivered",
        _WORLD,
    ),
    Kpi(
        "country_hhi",
        "index 0..1",
        "Country concentration",
        "how few countries each good comes from: 1 is one country, 0.5 two alike, 0.25 four alike",
        "Σ of the squared shares of the countries that make or sell a product (Herfindahl-Hirschman index), averaged over the products of "
        "a stage and over stages by net tonnes. What is bought without a stated origin counts as one country",
        "net tonnes made and bought, as weights",
        _WORLD,
    ),
    Kpi(
        "risk_weighted_value_share",
        "share",
        "Risk-weighted value",
        "how risky the countries are in which the cost of a unit is spent",
        "cost spent in each country (as in the regional share of cost) times the country's risk_score_share. Empty where one of them has "
        "no score",
        "cost spent in any country; a note says how much has no place",
        _WORLD,
    ),
    Kpi(
        "shortage_share",
        "share",
        "Demand not met",
        "how much of the demand is not delivered",
        "units asked for and not delivered",
        "demand",
    ),
    Kpi(
        "penalties",
        "{currency}",
        "Penalties of soft rules",
        "what keeps a plan near its rules without being paid by anyone",
        "shortage cost and penalties of soft policies that are broken, not discounted; no part of any cost",
        "nothing",
    ),
)

DRIVERS = {
    "cost": (
        ("grid and power contract", "what a kWh costs where goods are made: other grids, other contracts"),
        (
            "choice of makers",
            "the same product by the same route from other makers: what conversion, heat and electricity a unit takes there",
        ),
        (
            "route and quantity",
            "products made from other inputs, and more or less of a product made: conversion, heat, electricity",
        ),
        ("purchased materials", "what is bought from outside the tiers of the model"),
        ("freight", "moving goods and the capital tied up on the way, fees of shared lanes, qualification of lanes"),
        ("duty", "duties"),
        ("capital", "new lines as annuities, the fixed cost of sites, opening, restarting and closing them"),
        ("incentives", "money received: negative"),
        ("other", "stock, disposal, take-or-pay, signing of contracts, carbon price"),
    ),
    "co2e": (
        ("grid and power contract", "what a kWh emits where goods are made, by market: other grids, other contracts"),
        (
            "choice of makers",
            "the same product by the same route from other makers: heat, direct emissions and electricity of a unit there",
        ),
        ("route and quantity", "goods made another way (from other inputs), and more or less of a good made: heat, direct emissions, kWh"),
        ("purchased materials", "footprint of what is bought from outside the tiers of the model"),
        ("freight", "moving goods"),
    ),
}
"""Drivers of each bridge in reading order, with what they hold."""


def kpi_names(unit: str) -> tuple[str, ...]:
    """Names of the key figures for a delivered unit, in reading order.

    >>> kpi_names("kWh")[2:5]
    ('cost_per_kwh', 'co2e_total_t', 'co2e_kg_per_kwh')
    """
    return tuple(one.named(unit) for one in KPIS)
