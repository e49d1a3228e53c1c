"""Hazards, alternates, recoveries: declared for later parts, read by no engine yet."""

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
            text("scope_value", "the site, country, port … it hits", example="loyalist"),
            choice("applies", "one draw for each member or for all", "each", "all", default="each"),
            number("events_per_year", "mean frequency"),
            number("duration_days_mean", "mean duration"),
            number("duration_sigma", "standard deviation of the logarithm of the duration"),
            share("capacity_loss_share", "lost while it lasts"),
            number("demand_change_share", "change of demand", low=-1.0),
            number("cost_factor", "what cost is multiplied by while it lasts"),
            number("warning_days", "how long it is known ahead"),
            number("recovery_days", "until all is back after its end"),
            text("season_from", "first month and day of its season, MM-DD"),
            text("season_to", "last month and day of its season, MM-DD"),
            text("common_cause_id", "hazards with one cause are drawn together"),
            *_SPAN,
        ),
        used=False,
    ),
    Table(
        "events",
        "something that happens in a replication",
        (
            key("event_id", "name of the event", example="E1"),
            text("hazard_id", "hazard it was drawn from", refers_to="hazards"),
            whole("replication", "replication it happens in"),
            choice("scope_kind", "what it hits", *_SCOPES),
            text("scope_value", "the site, country, port … it hits"),
            day("start_date", "first day"),
            number("duration_days", "how long"),
            share("capacity_loss_share", "lost while it lasts"),
        ),
        used=False,
    ),
    Table(
        "alternates",
        "who could step in",
        (
            key("site_id", "site", "sites", example="loyalist"),
            key("product_id", "product", "products", example="cam_nmc811"),
            key("alternate_site_id", "site that could step in", "sites", example="ulsan"),
            number("qualification_days", "until it may supply"),
            share("max_share", "most of the need it may take over"),
            money("extra_cost_per_unit", "on top of the usual cost"),
        ),
        used=False,
    ),
    Table(
        "recoveries",
        "how a site comes back",
        (
            key("site_id", "site", "sites", example="loyalist"),
            number("recovery_days_low", "at best"),
            number("recovery_days_high", "at worst"),
        ),
        used=False,
    ),
)
