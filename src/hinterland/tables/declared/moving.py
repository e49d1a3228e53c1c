"""Transport, lanes and trade."""

from __future__ import annotations

from hinterland.tables.schema import Table, choice, day, flag, key, money, number, share, text, whole

__all__ = ["MOVING"]

_SPAN = (day("valid_from", "first day"), day("valid_to", "last day, inclusive"))

MOVING = (
    Table(
        "modes",
        "a transport operation category",
        (
            key("mode_id", "name of the mode", example="truck"),
            choice("kind", "means of transport", "road", "rail", "sea", "inland_waterway", "air", required=True, example="road"),
            number("co2e_kg_per_tkm", "well to wheel, ISO 14083", default=0.0, example="0.08"),
            number("co2e_kg_per_t_handled", "of the hub before this leg", default=0.0),
            number("speed_km_per_day", "door to door while moving", low=0.001, example="600"),
            number("handling_days", "per leg", default=0.0),
            number("circuity_factor", "kilometres over the great circle; empty: road 1.3, rail 1.2", low=1.0),
        ),
    ),
    Table(
        "freight_rates",
        "what a mode costs where and when; holds until the next row",
        (
            key("mode_id", "mode", "modes", example="truck"),
            key("from_group", "where from: site, country, region, @group; empty is everywhere", groups=True, required=False),
            key("to_group", "where to: site, country, region, @group; empty is everywhere", groups=True, required=False),
            key("freight_class", "class of the product; empty is every class", required=False),
            day("valid_from", "first day", key=True),
            money("cost_per_t", "per gross tonne and leg", low=None, default=0.0),
            money("cost_per_tkm", "per gross tonne and kilometre", default=0.0, example="0.09"),
            number("co2e_kg_per_tkm", "in place of the mode's; empty: the mode's"),
            number("lead_time_add_days", "on top of moving and handling", default=0.0),
        ),
    ),
    Table(
        "lanes",
        "a link that goods may take",
        (
            key("lane_id", "name of the lane", example="loyalist-florence"),
            text("from_site", "site", required=True, refers_to="sites", example="loyalist"),
            text("to_site", "site", required=True, refers_to="sites", example="florence"),
            text(
                "product_id",
                "product, stage or @group; empty: all that one gives and the other takes",
                refers_to="products",
                groups=True,
                example="cam_nmc811",
            ),
            text("mode_chain", "modes of the legs, joined by +", example="truck+container_ship+truck"),
            text("leg_km", "kilometres of each leg, joined by +; empty: computed from the places", example="95+11500+300"),
            text("via_ports", "UN/LOCODE of the port between two legs, joined by +; empty: the cheapest", example="USCHS+BEANR"),
            text("passages", "straits and canals on the way, joined by |; none if there are none; empty: not known", example="panama"),
            number("distance_km", "whole distance; enough for one leg"),
            number("lead_time_days", "order to receipt; empty: from the legs"),
            number("lead_time_sigma", "standard deviation of the logarithm of its days in a simulation; empty: always the same", high=2.0),
            money("cost_per_unit", "empty: from the legs", low=None),
            number("co2e_kg_per_unit", "empty: from the legs"),
            number("capacity_per_year", "empty: no limit"),
            number("min_quantity_if_used", "least quantity of a period with any flow"),
            text("capacity_group", "lane group it shares", refers_to="lane_groups"),
            day("qualified_from", "no flow before"),
            money("qualification_cost", "paid once, in the first period of use"),
            *_SPAN,
        ),
    ),
    Table(
        "lane_groups",
        "shared limits of lanes",
        (
            key("capacity_group", "name of the group", example="weekly_train"),
            number("capacity_t_per_year", "gross tonnes; empty: no limit", example="20000"),
            money("fixed_cost_per_year", "paid in periods of use"),
        ),
    ),
    Table(
        "lane_rules",
        "a rule that makes lanes",
        (
            key("rule_id", "name of the rule", example="cathode_by_truck"),
            text("product_id", "product, stage or @group", refers_to="products", groups=True),
            text("from_group", "where from", groups=True),
            text("to_group", "where to", groups=True),
            text("mode_chain", "modes of the legs, joined by +; alternatives by |", example="truck|rail"),
            text("via_ports", "UN/LOCODE of the port between two legs, joined by +; empty: the cheapest"),
            number("max_distance_km", "no longer lanes, legs added up"),
            whole("nearest_k", "only so many makers nearest to each taker", low=1.0),
            flag("same_region", "only within a region"),
            number("lead_time_sigma", "of its lanes: standard deviation of the logarithm of their days in a simulation", high=2.0),
            *_SPAN,
        ),
    ),
    Table(
        "closures",
        "a passage that is closed: computed lanes take another way",
        (
            key("passage", "strait or canal", example="suez"),
            day("valid_from", "first day", key=True),
            day("valid_to", "last day, inclusive"),
        ),
    ),
    Table(
        "duties",
        "a dated duty rule",
        (
            key("rule_id", "name of the rule", example="us_mfn_cells"),
            text("programme", "one row of a programme applies, programmes stack; mfn is the ordinary duty", default="mfn", example="mfn"),
            text("importer", "country, territory, region, @group; empty is everyone", groups=True, example="US"),
            text("origin", "country, territory, region, @group; empty is every origin", groups=True, example="CN"),
            text("producer", "maker it speaks of: operator of the site that made the goods; empty is every maker"),
            text("hs_prefix", "start of the tariff line", default="", example="8507.60"),
            share("ad_valorem_share", "of the customs value", high=10.0, default=0.0, example="0.034", fix="write 0.034 for 3.4 %"),
            money("specific_per_kg", "per net kilogram", default=0.0),
            choice(
                "stacking",
                "how it adds to other programmes: on top, net of the ordinary duty, up to a rate for all, or in place of the ordinary duty",
                "add",
                "net_of_mfn",
                "cap_all_in",
                "replace",
                default="add",
            ),
            text("excludes_programmes", "programmes it turns off where it applies, at any rate, joined by |", example="section_122"),
            text("use", "applies to goods declared for this use; empty is every use"),
            money("co2e_price_per_t", "per tonne of CO2e declared for the goods", default=0.0),
            text("origin_rule_id", "applies to goods claimed to meet this origin rule", refers_to="origin_rules"),
            text(
                "applies_if_not_origin_rule_id", "applies unless the goods are claimed to meet this origin rule", refers_to="origin_rules"
            ),
            *_SPAN,
        ),
    ),
    Table(
        "origin_rules",
        "a test of preferential origin; rows of one rule with one tariff line are alternatives, the longest line speaks",
        (
            key("origin_rule_id", "name of the rule", example="usmca"),
            key("hs_prefix", "start of the tariff line; empty is every line", required=False, default="", example="8507.60"),
            key("method", "how it is tested", required=True, example="rvc_nc", choices=("rvc_tv", "rvc_nc", "max_nom", "tariff_shift")),
            day("valid_from", "first day", key=True, example="2026-01-01"),
            day("valid_to", "last day, inclusive"),
            text("agreement", "trade agreement", example="USMCA"),
            share("threshold_share", "least regional (rvc) or most non-originating share (max_nom)", example="0.6"),
            choice(
                "shift_level",
                "part of the tariff line that must change (tariff_shift)",
                "chapter",
                "heading",
                "subheading",
                default="heading",
            ),
            share("de_minimis_share", "of the value that may come from inputs that fail the shift", default=0.0),
            text("cumulation_group", "countries that count as one", groups=True, required=True, example="@usmca"),
        ),
    ),
    Table(
        "incentives",
        "money for making",
        (
            key("incentive_id", "name of the incentive", example="us_45x_cells"),
            text("site_or_group", "who gets it", groups=True, example="florence"),
            text("product_id", "for what", refers_to="products", groups=True, example="cell_nmc811"),
            choice("basis", "what it is paid on", "per_unit", "cost_share", "capital_share", "lump_sum", default="per_unit"),
            number("amount", "money per unit, or share of the cost", required=True, example="35"),
            money("cap_amount", "most over the horizon"),
            share("pass_through_share", "what reaches the cost", default=1.0),
            text("condition_rule_id", "rule to be met", refers_to="condition_rules"),
            *_SPAN,
        ),
    ),
    Table(
        "incentive_phases",
        "a step of an incentive's phase-out; holds until the next",
        (
            key("incentive_id", "incentive", "incentives", example="us_45x_cells"),
            day("valid_from", "first day", key=True, required=True, example="2030-01-01"),
            share("amount_share", "of the amount that is paid", required=True, example="0.75"),
        ),
    ),
    Table(
        "condition_rules",
        "what an incentive asks of those who earn it; holds from its first day to the next row of the rule",
        (
            key("condition_rule_id", "name of the rule", example="macr_45x"),
            key(
                "method",
                "material_assistance: share of direct material cost from makers off the list; entity_free: the maker itself is off the list",
                required=True,
                example="material_assistance",
                choices=("material_assistance", "entity_free"),
            ),
            day("valid_from", "first day", key=True, example="2026-01-01"),
            day("valid_to", "last day, inclusive"),
            text("list_id", "list of entities it looks at", required=True, example="pfe"),
            share("threshold_share", "least share; material_assistance must have one, 0 asks nothing", example="0.6"),
        ),
    ),
    Table(
        "entities",
        "status of an operator or country under a list",
        (
            key("entity", "operator, producer or country", example="CN"),
            key("list_id", "list that names it", example="pfe"),
            day("valid_from", "first day", key=True),
            day("valid_to", "last day, inclusive"),
            choice(
                "status", "whether it is on the list, or off it though its country or parent is on", "listed", "cleared", default="listed"
            ),
        ),
    ),
    Table(
        "exchange_rates",
        "money",
        (
            key("currency", "ISO 4217", example="EUR"),
            day("valid_from", "first day", key=True),
            number("rate_to_settings_currency", "settings.currency per unit", required=True, low=1e-9, example="1.08"),
        ),
    ),
)
