"""Hazards, alternates, certificates: declared for later parts, read by no engine yet."""

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
            key("hazard_id", "name", example="flood_loyalist"),
            choice("scope_kind", "what it hits", *_SCOPES, required=True, example="site"),
            text("scope_value", "which", example="loyalist"),
            choice("applies", "one draw for each member or for all", "each", "all", default="each"),
            number("events_per_year", "mean frequency"),
            number("duration_days_mean", "mean duration"),
            number("duration_sigma", "spread of the logarithm"),
            share("capacity_loss_share", "lost while it lasts"),
            number("demand_change_share", "change of demand", low=-1.0),
            number("cost_factor", "on cost"),
            number("warning_days", "known ahead"),
            number("recovery_days", "ramp back"),
            text("season_from", "month and day"),
            text("season_to", "month and day"),
            text("common_cause_id", "drawn together"),
            *_SPAN,
        ),
        used=False,
    ),
    Table(
        "events",
        "something that happens in a replication",
        (
            key("event_id", "name", example="E1"),
            text("hazard_id", "hazard", refers_to="hazards"),
            whole("replication", "which"),
            choice("scope_kind", "what it hits", *_SCOPES),
            text("scope_value", "which"),
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
            number("qualification_days", "until it may"),
            share("max_share", "of the need"),
            money("extra_cost_per_unit", "on top"),
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
    Table(
        "certificates",
        "a site's standard",
        (
            key("site_id", "site", "sites", example="loyalist"),
            key("scheme", "standard", example="IRMA"),
            day("valid_from", "first day", key=True, example="2026-01-01"),
            day("valid_to", "last day, inclusive"),
            text("level", "level reached"),
            text("product_id", "product", refers_to="products"),
            text("issuer", "who says so"),
            text("evidence", "document"),
        ),
        used=False,
    ),
    Table(
        "requirements",
        "a standard the plan asks for",
        (
            key("requirement_id", "name", example="mines_irma_75"),
            text("scheme", "standard", example="IRMA"),
            text("min_level", "least level"),
            text("product", "product, stage or @group", groups=True),
            text("region", "where"),
            day("from_date", "from when"),
        ),
        used=False,
    ),
)
