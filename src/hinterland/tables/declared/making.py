"""Recipes, lines, purchases, demand, energy and stocks."""

from __future__ import annotations

from hinterland.tables.schema import Table, choice, day, flag, key, money, number, share, text, whole

__all__ = ["MAKING"]

MAKING = (
    Table(
        "recipes",
        "a way to make a product",
        (
            key("recipe_id", "name of the recipe", example="cam_from_pcam"),
            text("product_id", "the good output", required=True, refers_to="products", example="cam_nmc811"),
            flag("confers_origin", "substantial transformation: the product originates where this ran", default=True),
        ),
    ),
    Table(
        "recipe_lines",
        "an input or co-product of a recipe, per good unit before yield",
        (
            key("recipe_id", "recipe", "recipes", example="cam_from_pcam"),
            key("product_id", "what goes in or comes along", "products", example="pcam_nmc811"),
            choice("role", "input, co-product or scrap", "input", "coproduct", "scrap", default="input", example="input"),
            number("quantity_per_unit", "units per good unit, divided by the yield", required=True, example="0.95"),
        ),
    ),
    Table(
        "processes",
        "a line that runs a recipe at a site",
        (
            key("site_id", "site", "sites", example="loyalist"),
            key("recipe_id", "recipe; empty for a line without inputs", "recipes", required=False, example="cam_from_pcam"),
            key("product_id", "product of a line without inputs, else empty", "products", required=False),
            number("capacity_per_year", "existing good output", default=0.0, example="35000000"),
            share("available_share", "what other customers leave of it", default=1.0),
            day("start_date", "first day of the existing line; empty: mature already"),
            day("end_date", "last day of the existing line"),
            number("module_capacity_per_year", "good output of one module"),
            whole("max_modules", "most modules ever built", default=0),
            money("module_cost", "capital of one module, paid as an annuity"),
            number("module_build_days", "days from decision to the first possible start", default=0.0),
            number("asset_life_years", "life of a module", low=0.01),
            text("ramp_id", "ramp-up curve", refers_to="ramps"),
            share("min_utilisation_share", "least output while open, of capacity", default=0.0),
            money("conversion_cost_per_unit", "without materials, energy and capital", low=None, default=0.0, example="3.5"),
            number("electricity_kwh_per_unit", "per good unit", default=0.0, example="7.5"),
            number("heat_kwh_per_unit", "per good unit", default=0.0),
            text("heat_carrier", "carrier of the energy table", example="natural_gas"),
            number("direct_co2e_kg_per_unit", "process emissions per good unit", low=None, default=0.0),
            share("yield_share", "good output over input", default=1.0, fix="enter the yield above 0 and at most 1"),
            share("recycled_share", "of the metal in the output that comes from battery waste, beyond what its inputs bring"),
        ),
    ),
    Table(
        "ramps",
        "a point of a ramp-up curve, relative to mature",
        (
            key("ramp_id", "name of the curve", example="new_plant"),
            number("years_since_start", "from 0; holds to the next point", key=True, required=True, example="0"),
            share("capacity_share", "of mature capacity", high=2.0, default=1.0, example="0.4"),
            share("yield_share", "of mature yield", high=2.0, default=1.0),
        ),
    ),
    Table(
        "purchases",
        "what a site can buy from outside the modelled tiers",
        (
            key("site_id", "site", "sites", example="loyalist"),
            key("product_id", "product", "products", example="manganese_sulphate"),
            key("offer_id", "name of the offer", required=False, default="", example="market"),
            money("price_per_unit", "delivered price", low=None, required=True, example="0.9"),
            number("limit_per_year", "most units; empty: no limit"),
            number("co2e_kg_per_unit", "cradle-to-gate footprint", low=None, default=0.0),
            text("origin_country", "country of origin", refers_to="countries", example="CN"),
            text("producer", "who makes it, as lists of entities name it"),
            share("recycled_share", "of its metal that comes from battery waste"),
            text("certified", "standards its maker holds, joined by ;, with their level after =", example="IRMA=IRMA 75"),
            day("valid_from", "first day"),
            day("valid_to", "last day, inclusive"),
        ),
    ),
    Table(
        "demand",
        "what a market or plant takes",
        (
            key("site_id", "site", "sites", example="spartanburg"),
            key("product_id", "product", "products", example="pack"),
            key("period_id", "period", "periods", example="2026"),
            key("segment", "customer segment", required=False, default=""),
            number("quantity", "units in the period", required=True, example="1200000"),
            money("price_per_unit", "what the market pays; what a lost unit loses is this less the cost it would have caused"),
            money("shortage_cost_per_unit", "steers the plan, no real cost", default=0.0),
            whole("priority", "who is served first in a simulation: the lowest number; empty: last"),
        ),
    ),
    Table(
        "energy",
        "price and emissions of a carrier; holds until the next row",
        (
            key("zone", "country, zone or site", example="CA-ON"),
            key("carrier", "electricity or a heat carrier", example="electricity"),
            day("valid_from", "first day", key=True),
            number("co2e_kg_per_kwh", "life-cycle emissions", default=0.0, example="0.03"),
            share("renewable_share", "of what the grid supplies that is renewable", default=0.0, example="0.9"),
            money("price_per_kwh", "price of a kWh", low=None, default=0.0, example="0.08"),
        ),
    ),
    Table(
        "power_contracts",
        "renewable supply of a site",
        (
            key("power_contract_id", "name of the contract", example="loyalist_ppa"),
            text("site_id", "site", required=True, refers_to="sites", example="loyalist"),
            day("start_date", "first day", example="2026-01-01"),
            day("end_date", "last day, inclusive"),
            choice("kind", "how it is supplied", "on_site", "ppa", "certificates", default="ppa"),
            share("share", "of the site's electricity", required=True, example="1"),
            number("co2e_kg_per_kwh", "of the contracted electricity", default=0.0),
            money("premium_per_kwh", "on top of the grid price", low=None, default=0.0),
            text("evidence", "document that shows it", example="PPA of 2025-03-01"),
        ),
    ),
    Table(
        "stocks",
        "inventory at a site",
        (
            key("site_id", "site", "sites", example="florence"),
            key("product_id", "product", "products", example="cam_nmc811"),
            number("days_of_cover", "least stock at the period's end, in days of what leaves", default=0.0, example="14"),
            number("min_quantity", "least stock", default=0.0),
            number("max_quantity", "most stock"),
            number("initial_quantity", "stock before the first period", default=0.0),
            money("initial_cost_per_unit", "what the opening stock carries", default=0.0),
            number("initial_co2e_kg_per_unit", "what the opening stock carries", default=0.0),
            text("initial_origin_country", "where the opening stock came from", refers_to="countries"),
            share("holding_cost_share_per_year", "of the value", default=0.0),
        ),
    ),
)
