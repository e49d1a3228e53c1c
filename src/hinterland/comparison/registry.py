"""Every key figure: its name, unit, definition and denominator. docs/kpis.md is made from here and a test keeps it so."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AIMS", "DRIVERS", "KPIS", "Kpi", "kpi_names"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One key figure. `{unit}` and `{currency}` stand for the delivered product's unit and the money of the network."""

    name: str
    unit: str
    definition: str
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

KPIS = (
    Kpi("cost_total", "{currency}", "real cost over the horizon, undiscounted; shortage cost and penalties are no real cost", "none"),
    Kpi("cost_npv", "{currency}", "real cost over the horizon, discounted to base_date", "none"),
    Kpi("cost_per_{unit}", "{currency}/{unit}", "real cost over the horizon, undiscounted, per unit delivered", "units delivered"),
    Kpi("co2e_total_t", "t", "CO2e over the horizon, electricity by market (contracts count)", "none", _CARBON),
    Kpi("co2e_kg_per_{unit}", "kg/{unit}", "CO2e per unit delivered, electricity by market (contracts count)", "units delivered", _CARBON),
    Kpi(
        "co2e_location_kg_per_{unit}",
        "kg/{unit}",
        "CO2e per unit delivered, electricity by location (the grid's, less on-site generation)",
        "units delivered",
        _CARBON,
    ),
    Kpi(
        "km_mean",
        "km",
        "tonne-kilometres over tonnes: how far a tonne goes on one lane, gross tonnes, all lanes",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "tkm_per_{unit}",
        "tkm/{unit}",
        "gross tonne-kilometres of all lanes per unit delivered: the transport work of the whole chain",
        "units delivered",
        _MOVING,
    ),
    Kpi("transit_days_mean", "days", "tonne-days on the way over tonnes, gross tonnes, all lanes", "gross tonnes moved", _MOVING),
    Kpi(
        "customs_borders_mean",
        "crossings/t",
        "gross tonnes on lanes that end in another customs territory over gross tonnes on all lanes",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "passage_share",
        "share",
        "gross tonnes on lanes through at least one strait or canal over gross tonnes on all lanes; the board's `passages` has each one",
        "gross tonnes moved",
        _MOVING,
    ),
    Kpi(
        "single_source_share",
        "share",
        "inflow of buyers that take all of a product in a period from one source over all inflow. A buyer is a (site, product, period); "
        "a source is a sending site, an offer from outside, or the buyer's own lines; inflow is what comes over lanes and from offers, "
        "by value (product_values, offers at their price) where every plan's inflow has a value, else by gross tonnes. One source is one "
        "with at least 1 − 1e-6 of it. After Larson and Kulchitsky 1998: single sourcing is one supplier though others could be had, "
        "sole sourcing has no other; both count here, the exposure is the same",
        "inflow of every buyer, by the same measure",
        _MOVING,
    ),
    Kpi(
        "regional_share",
        "share",
        "real cost added in the region of delivery: every real cost line that the delivered goods carry; freight, transit holding, duty, "
        "lane fees and qualification are apart, and so are incentives, which are no cost added. A purchase is added in the region of its "
        "origin_country. A cost without a place (an origin not stated, the carbon price of transport) counts as outside",
        "the same cost lines in every region",
        _WORLD,
    ),
    Kpi(
        "regional_share_value",
        "share",
        "value of every product that the delivered goods embody, tier by tier, made or sold in the region of delivery; value is "
        "product_values at the maker; products without a value for every maker used are left out of every plan and named",
        "value of every product that the delivered goods embody",
        _WORLD,
    ),
    Kpi(
        "regional_share_mass",
        "share",
        "net tonnes of every product that the delivered goods embody, tier by tier, made or sold in the region of delivery",
        "net tonnes of every product that the delivered goods embody",
        _WORLD,
    ),
    Kpi(
        "country_hhi",
        "index 0..1",
        "concentration of countries: Σ share² of the origin countries of each product by quantity made or bought; a stage is the mean of "
        "its products and the whole the mean of the stages, both weighted by net tonnes needed (Herfindahl–Hirschman index; 1 is one "
        "country, 1/index the effective number of countries). What is bought without a stated origin counts as one country",
        "net tonnes made and bought, as weights",
        _WORLD,
    ),
    Kpi(
        "risk_weighted_value_share",
        "share",
        "Σ over countries of cost added there (as in regional_share) × risk_score_share; missing where one of these countries has no score",
        "real cost added in every country; costs without a place are left out and the note says how much",
        _WORLD,
    ),
    Kpi("shortage_share", "share", "demand that is not delivered", "demand"),
    Kpi(
        "penalties",
        "{currency}",
        "what steers without being a real cost: shortage cost and penalties of broken soft policies, undiscounted",
        "none",
    ),
)

DRIVERS = {
    "cost": (
        ("grid and power contract", "change of the mean electricity price of each product, at the mean of both plans' kWh"),
        (
            "choice of makers",
            "the same product by the same route from other makers: what conversion, heat and electricity a unit takes there",
        ),
        (
            "route and quantity",
            "products made from other inputs, and more or less of a product made: conversion, heat, electricity",
        ),
        ("purchased materials", "purchases from outside the modelled tiers"),
        ("freight", "freight, transit holding, fees of lane groups, qualification of lanes"),
        ("duty", "duties"),
        ("capital", "annuities of modules, fixed cost, opening, restart and closing of sites"),
        ("incentives", "credits, negative"),
        ("other", "holding, disposal, take-or-pay, signing, carbon price"),
    ),
    "co2e": (
        ("grid and power contract", "change of the mean market factor of each product's electricity, at the mean of both plans' kWh"),
        (
            "choice of makers",
            "the same product by the same route from other makers: heat, direct emissions and electricity of a unit there",
        ),
        ("route and quantity", "products made from other inputs, and more or less of a product made: heat, direct, electricity"),
        ("purchased materials", "footprint of purchases from outside the modelled tiers"),
        ("freight", "transport"),
    ),
}
"""Drivers of each bridge in reading order, with what they hold."""


def kpi_names(unit: str) -> tuple[str, ...]:
    """Names of the key figures for a delivered unit, in reading order.

    >>> kpi_names("kWh")[2:5]
    ('cost_per_kwh', 'co2e_total_t', 'co2e_kg_per_kwh')
    """
    return tuple(one.named(unit) for one in KPIS)
