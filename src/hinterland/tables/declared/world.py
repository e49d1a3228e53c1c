"""Settings, periods, places and products."""

from __future__ import annotations

from hinterland.tables.schema import Table, choice, day, flag, key, money, number, share, text, whole

__all__ = ["WORLD"]

WORLD = (
    Table("settings", "one setting", (key("key", "name of the setting", example="currency"), text("value", "its value", example="USD"))),
    Table(
        "periods",
        "a planning period: year, quarter, month; mixed is fine",
        (
            key("period_id", "name of the period", example="2026"),
            day("start_date", "first day", required=True, example="2026-01-01"),
            day("end_date", "last day, inclusive", required=True, example="2026-12-31"),
        ),
    ),
    Table(
        "countries",
        "facts of a country",
        (
            key("country", "ISO 3166-1 alpha-2", example="CA"),
            text("region", "region the country belongs to", required=True, example="north_america"),
            text("customs_territory", "territory without inner duties; empty: the country itself", example="CA"),
            choice(
                "customs_value_basis", "what the customs value contains: the goods (fob), or freight too (cif)", "fob", "cif", default="fob"
            ),
            share("risk_score_share", "risk of unrest and weak institutions, 0 low to 1 high", example="0.12"),
        ),
    ),
    Table(
        "groups",
        "a member of a group, written @group in other cells",
        (
            key("group_id", "name of the group, without @", example="home"),
            key("member", "site, country, region, product, stage or @group", example="CA"),
            choice("kind", "what the members are", "country", "site", "product", example="country"),
        ),
    ),
    Table(
        "products",
        "a material, part or vehicle; the id carries the chemical form",
        (
            key("product_id", "name of the product", example="cam_nmc811"),
            text("name", "name for people"),
            text("stage", "tier of the chain", example="cathode"),
            text("unit", "the product's own unit", required=True, example="kg"),
            number("mass_kg_per_unit", "net mass", example="1"),
            number("gross_mass_kg_per_unit", "mass with packaging as shipped; empty: the net mass"),
            text("freight_class", "class that freight rates ask for", default="", example="general"),
            flag("dangerous_goods", "moves under dangerous-goods rules", used=False),
            money("disposal_cost_per_unit", "cost to throw it away; empty: it may not be thrown away", low=None),
        ),
    ),
    Table(
        "product_codes",
        "a product's tariff line for an importer",
        (
            key("product_id", "product", "products", example="cell_nmc811"),
            key("importer", "country, territory or @group; * is everyone", groups=True, required=False, example="US"),
            day("valid_from", "first day; holds until the next row", key=True),
            text("hs_code", "tariff line, dots allowed", required=True, example="8507.60.0010"),
            text("use", "use it is declared for, where a duty asks for one", example="auto_part"),
        ),
    ),
    Table(
        "product_values",
        "a product's customs and transfer value",
        (
            key("product_id", "product", "products", example="cam_nmc811"),
            key("from_group", "where it is made: site, country, @group; empty is everywhere", groups=True, required=False),
            day("valid_from", "first day; holds until the next row", key=True, example="2026-01-01"),
            money("value_per_unit", "value", required=True, example="32"),
            money("net_cost_per_unit", "net cost where an origin rule asks for it; empty: the value"),
            number("declared_co2e_kg_per_unit", "footprint declared at a border that prices carbon"),
        ),
    ),
    Table(
        "sites",
        "a place",
        (
            key("site_id", "name of the site", example="loyalist"),
            text("name", "name for people", example="Umicore Loyalist"),
            text("operator", "who runs it", example="Umicore"),
            text("parent", "who owns the operator"),
            text("country", "ISO 3166-1 alpha-2", required=True, refers_to="countries", example="CA"),
            number("latitude", "degrees north", low=-90.0, high=90.0, example="44.2"),
            number("longitude", "degrees east", low=-180.0, high=180.0, example="-76.8"),
            text("energy_zone", "zone of the energy table; empty: the country"),
            text("port", "UN/LOCODE of the ports it ships through, joined by |; empty: the nearest"),
            choice(
                "status",
                "what can be decided",
                "operating",
                "committed",
                "candidate",
                "paused",
                "closed",
                default="operating",
                example="candidate",
            ),
            money("opening_cost", "paid once when a candidate or committed site starts", example="50000000"),
            money("restart_cost", "paid once when a paused site starts again"),
            money("closing_cost", "paid once when it stops"),
            money("fixed_cost_per_year", "paid while open", low=None, example="8000000"),
            day("earliest_date", "no start before; a committed site starts then"),
            day("latest_date", "no start after"),
            number("build_days", "days from decision to a possible start"),
            flag("free_zone", "customs free zone: nothing is due on the way in, only on the way out into its own territory"),
            share(
                "drawback_share",
                "of the duty on inputs that is paid back when what was made of them leaves the territory",
                default=0.0,
            ),
            money("wage_per_hour", "mean hourly base wage, for tests of labour value content"),
            number("throughput_t_per_year", "most gross tonnes that leave or are delivered"),
            money("investment", "shown, never a cost"),
            number("area_m2", "shown, never a cost"),
            whole("jobs", "shown, never a cost"),
        ),
    ),
)
