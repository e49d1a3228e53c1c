"""Contracts, policies, dated changes, scenarios and sources."""

from __future__ import annotations

from hinterland.tables.schema import Table, choice, day, key, money, number, share, text, whole

__all__ = ["AGREEING", "POLICY_KINDS", "POLICY_KINDS_LATER"]

_SPAN = (day("valid_from", "first day"), day("valid_to", "last day, inclusive"))
POLICY_KINDS = (
    "max_co2e",
    "max_co2e_per_unit",
    "min_regional_share",
    "max_country_share",
    "max_site_share",
    "forbid_origin",
    "forbid_site",
    "force_open",
    "min_flow",
    "max_flow",
    "max_sites",
    "min_renewable_share",
    "require_certificate",
)
POLICY_KINDS_LATER = ("min_suppliers", "max_distance_km", "max_changes", "budget")

AGREEING = (
    Table(
        "contracts",
        "an agreement",
        (
            key("contract_id", "name of the contract", example="umicore_aesc"),
            text("supplier", "site or group", required=True, groups=True, example="loyalist"),
            text("buyer", "site or group", required=True, groups=True, example="florence"),
            text("product_id", "product", required=True, refers_to="products", groups=True, example="cam_nmc811"),
            choice("status", "signed binds; option binds once a scenario signs it", "signed", "option", default="signed"),
            choice("share_basis", "what shares are of", "inflow", "need", default="inflow"),
            text("exclusive_scope", "sources that exclusivity shuts out; empty is all others", groups=True),
            money("sign_cost", "paid once"),
            number("notice_days", "to leave it", used=False),
            money("exit_cost", "to leave it", used=False),
        ),
    ),
    Table(
        "contract_phases",
        "a phase of a contract: ramp-up, exclusive, exit",
        (
            key("contract_id", "contract", "contracts", example="umicore_aesc"),
            day("start_date", "first day", key=True, required=True, example="2026-01-01"),
            day("end_date", "last day, inclusive"),
            day("switch_from", "earliest start to choose", used=False),
            day("switch_to", "latest start to choose", used=False),
            share("min_share", "least of the buyer's inflow or need", default=0.0, example="0.5"),
            share("max_share", "most of the buyer's inflow or need", default=1.0),
            share("exclusive", "1: nobody else in scope", default=0.0),
            number("min_quantity_per_year", "least quantity, in the product's unit", default=0.0),
            number("max_quantity_per_year", "most, in the product's unit; empty: no limit"),
            share("take_or_pay_share", "of the least quantity that is paid if not taken", default=0.0),
            text("index_id", "price index", used=False),
            share("pass_through_share", "of the index", used=False),
        ),
    ),
    Table(
        "contract_prices",
        "a contract's price by time and tier",
        (
            key("contract_id", "contract", "contracts", example="umicore_aesc"),
            day("start_date", "first day; holds until the next", key=True, example="2026-01-01"),
            number("from_quantity", "tier starts here", key=True, default=0.0),
            money("price_per_unit", "price", required=True, example="32"),
        ),
    ),
    Table(
        "policies",
        "a rule the plan must keep, or pay to break",
        (
            key("policy_id", "name of the policy", example="cam_at_home"),
            choice("kind", "what it asks", *POLICY_KINDS, *POLICY_KINDS_LATER, required=True, example="min_regional_share"),
            text("product", "product, stage or @group", groups=True, example="cathode"),
            text("from_group", "where from", groups=True),
            text("to_group", "where to", groups=True),
            text("site_group", "sites it speaks of", groups=True),
            text("mode_id", "mode of transport it speaks of; empty is every mode", refers_to="modes"),
            choice("each", "one rule for each", "none", "region", "country", "site", "buyer", "product", default="none"),
            choice("basis", "what is summed", "units", "mass", "value", default="units"),
            choice("bound", "kept for tables of other tools", "min", "max", used=False),
            number("value", "the limit", low=None, default=0.0, example="0.9"),
            text(
                "value_unit",
                "unit of the limit, for people; the scheme of require_certificate; market or location of min_renewable_share",
                example="share",
            ),
            share("counting_min_share", "from which a supplier counts", used=False),
            text("against", "plan to compare with", used=False),
            money("penalty_per_unit", "price of breaking it; empty: it must hold"),
            *_SPAN,
        ),
    ),
    Table(
        "changes",
        "a dated change of any number in any table",
        (
            key("change_id", "name of the change; changes of one day apply in the order of names", example="nickel_2028"),
            text("table", "table", required=True, example="purchases"),
            text(
                "where",
                "rows: column=value; column=value, where a value is a|b, @group or *; empty: every row",
                example="product_id=nickel_sulphate",
            ),
            text("column", "column of numbers", required=True, example="price_per_unit"),
            *_SPAN,
            choice("action", "what it does", "set", "scale", "add", default="set", example="scale"),
            number("value", "by how much; money is in settings.currency", low=None, required=True, example="1.2"),
        ),
    ),
    Table(
        "sources",
        "where numbers come from",
        (
            key("source_id", "name of the source", example="S1"),
            text("title", "title", example="World Energy Outlook"),
            text("publisher", "who published it", example="IEA"),
            text("published", "when"),
            text("url", "where"),
            text("licence", "under which terms"),
        ),
    ),
    Table(
        "scenarios",
        "a named change of the tables",
        (
            key("scenario_id", "name of the scenario", example="local-for-local"),
            text("extends", "scenario it starts from", refers_to="scenarios"),
        ),
    ),
    Table(
        "overrides",
        "one change of a scenario",
        (
            key("scenario_id", "scenario", "scenarios", example="local-for-local"),
            whole("order", "order of changes", key=True, required=True, example="1"),
            text("table", "table it changes", required=True, example="contracts"),
            text(
                "where",
                "rows: column=value; column=value, where a value is a|b, @group or *; empty: every row",
                example="contract_id=umicore_aesc",
            ),
            choice("action", "what it does", "set", "scale", "add", "drop", default="set"),
            text("column", "column it changes; empty for drop", example="status"),
            text("value", "new value as it would stand in the table, or what to scale or add by; empty: the default", example="signed"),
        ),
    ),
)
