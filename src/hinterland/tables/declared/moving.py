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
            text("passages", "straits and canals on the way, joined by |", example="panama"),
            number("distance_km", "whole distance; enough for one leg"),
            number("lead_time_days", "order to receipt; empty: from the legs"),
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
            text("programme", "rows of one programme exclude each other, programmes add", default="mfn", example="mfn"),
            text("importer", "country, territory, region, @group; empty is everyone", groups=True, example="US"),
            text("origin", "country, territory, region, @group; empty is every origin", groups=True, example="CN"),
            text("producer", "maker it speaks of", used=False),
            text("hs_prefix", "start of the tariff line", default="", example="8507.60"),
            share("ad_valorem_share", "of the customs value", high=10.0, default=0.0, example="0.034", fix="write 0.034 for 3.4 %"),
            money("specific_per_kg", "per net kilogram", used=False),
            choice("stacking", "how it adds to other programmes", "add", "net_of_mfn", "cap_all_in", "replace", default="add"),
            text("excludes_programmes", "programmes it turns off", used=False),
            text("origin_rule_id", "preference it needs", used=False),
            text("applies_if_not_origin_rule_id", "applies where the preference fails", used=False),
            *_SPAN,
        ),
    ),
    Table(
        "origin_rules",
        "a test of preferential origin",
        (
            key("origin_rule_id", "name of the rule", example="usmca_cells"),
            text("agreement", "trade agreement"),
            text("hs_prefix", "start of the tariff line"),
            choice("method", "how it is tested", "rvc_tv", "rvc_nc", "max_nom", "tariff_shift", example="rvc_nc"),
            share("threshold_share", "least regional, or most non-originating share"),
            text("cumulation_group", "countries that count as one", groups=True),
            *_SPAN,
        ),
        used=False,
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
            text("condition_rule_id", "rule to be met", used=False),
            *_SPAN,
        ),
    ),
    Table(
        "entities",
        "status of an operator or country under a list",
        (
            key("entity", "operator or country", example="CN"),
            key("list_id", "list that names it", example="feoc"),
            text("status", "status on it"),
            *_SPAN,
        ),
        used=False,
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
