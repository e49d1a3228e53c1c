"""What may break and what people do about it: hazards, events, alternates, recoveries, replenishment, reactions."""

from __future__ import annotations

from hinterland.tables.schema import Table, choice, day, key, money, number, share, text, whole

__all__ = ["BREAKING"]

_SPAN = (day("valid_from", "first day"), day("valid_to", "last day, inclusive"))
_SCOPES = ("site", "operator", "stage", "country", "region", "group", "process", "passage", "port", "lane", "product", "demand")

BREAKING = (
    Table(
        "hazards",
        "something that may happen",
        (
            key("hazard_id", "name of the hazard", example="flood_loyalist"),
            choice("scope_kind", "what it hits", *_SCOPES, required=True, example="site"),
            text("scope_value", "the site, country, port … it hits; of a process: site/recipe", example="loyalist"),
            choice("applies", "one draw for each member or for all", "each", "all", default="each"),
            number("events_per_year", "mean number of events that start in a year (within its season, where it has one)", example="0.05"),
            number("duration_days_mean", "mean duration", example="30"),
            number("duration_sigma", "standard deviation of the logarithm of the duration; 0: always the mean"),
            share("capacity_loss_share", "lost while it lasts", example="1"),
            number("demand_change_share", "change of demand", low=-1.0),
            number("cost_factor", "what the cost of what it hits is multiplied by while it lasts; empty: 1"),
            number("warning_days", "how long it is known ahead: delays of reactions count from then"),
            number("recovery_days", "after its end, until all is back; capacity comes back evenly"),
            text("season_from", "first month and day of its season, MM-DD"),
            text("season_to", "last month and day of its season, MM-DD"),
            text("common_cause_id", "hazards with one cause are drawn together"),
            *_SPAN,
        ),
    ),
    Table(
        "events",
        "something that happens; rows here are replayed instead of drawing hazards",
        (
            key("event_id", "name of the event", example="E1"),
            text("hazard_id", "hazard it was drawn from", refers_to="hazards"),
            whole("replication", "replication it happens in, from 0; empty: in every one"),
            choice("scope_kind", "what it hits", *_SCOPES, required=True, example="site"),
            text("scope_value", "the site, country, port … it hits; of a process: site/recipe", required=True, example="loyalist"),
            day("start_date", "first day", required=True, example="2026-03-01"),
            number("duration_days", "how long", required=True, example="30"),
            number("recovery_days", "after its end, until all is back; capacity comes back evenly"),
            share("capacity_loss_share", "lost while it lasts", example="1"),
            number("demand_change_share", "change of demand while it lasts", low=-1.0),
            number("cost_factor", "what the cost of what it hits is multiplied by while it lasts; empty: 1"),
            number("warning_days", "how long it is known ahead: delays of reactions count from then"),
        ),
    ),
    Table(
        "alternates",
        "who could step in",
        (
            key("site_id", "site", "sites", example="loyalist"),
            key("product_id", "product", "products", example="cam_nmc811"),
            key("alternate_site_id", "site that could step in", "sites", example="ulsan"),
            number("qualification_days", "from the standstill until it supplies"),
            share("max_share", "most of what it stands in for that it may take over; empty: all, as far as its lines have room"),
            money("extra_cost_per_unit", "on top of the usual cost"),
        ),
    ),
    Table(
        "recoveries",
        "how a site comes back",
        (
            key("site_id", "site", "sites", example="loyalist"),
            number("recovery_days_low", "at best"),
            number("recovery_days_high", "at worst"),
        ),
    ),
    Table(
        "replenishment",
        "how a site orders a product in a simulation; without a row it follows the plan",
        (
            key("site_id", "site, several as a|b, @group", "sites", groups=True, example="loyalist"),
            key("product_id", "product, stage or @group", "products", groups=True, example="cam_nmc811"),
            choice("policy", "how it orders", "plan", "base_stock", "s_s", "r_q", "days_of_cover", default="plan", example="days_of_cover"),
            number("cover_days", "of days_of_cover: stock, in days of what leaves it", example="20"),
            number("order_up_to_quantity", "of base_stock and s_s: stock and goods on the way after an order"),
            number("reorder_quantity", "of s_s and r_q: nothing is ordered while stock and goods on the way are above"),
            number("lot_quantity", "of r_q: orders are whole lots of this"),
            number("safety_days", "of plan and days_of_cover: stock on top, in days of what leaves it"),
            number("safety_quantity", "of plan and days_of_cover: stock on top, in units"),
        ),
    ),
    Table(
        "reactions",
        "what people do when something breaks",
        (
            key("reaction_id", "name of the reaction", example="round_the_cape"),
            choice(
                "kind",
                "alternate: sites of `alternates` step in; reroute: goods go another way while a lane is closed; "
                "expedite: what was short is sent faster; wait: goods under way on a closed lane wait, else they arrive",
                "alternate",
                "reroute",
                "expedite",
                "wait",
                required=True,
                example="reroute",
            ),
            text("product", "products, stage or @group it holds for; empty: every product", groups=True),
            text("from_group", "where goods come from; empty: anywhere", groups=True),
            text("to_group", "where goods go to; empty: anywhere", groups=True),
            number("delay_days", "from the standstill until people act; of an alternate: on top of its qualification"),
            share("max_share", "most of a lane's planned flow that may go this way; empty: all"),
            number(
                "lead_time_days",
                "of reroute and expedite: days on the way; empty: those of the way around, where the lane's legs are computed",
            ),
            money("cost_per_unit", "on top of what the lane costs"),
            number("co2e_kg_per_unit", "on top of what the lane emits"),
        ),
    ),
)
