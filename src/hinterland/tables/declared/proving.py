"""Certificates, requirements, due diligence, and the rules an audit asks after."""

from __future__ import annotations

from hinterland.tables.schema import Table, choice, day, key, money, number, share, text, whole

__all__ = ["AUDIT_PREDICATES", "ELEMENTS", "PROVING", "SHIPPED_ORIGIN_RULES"]

AUDIT_PREDICATES = (
    "regional_value_content",
    "labour_value_content",
    "recycled_content",
    "due_diligence_coverage",
    "certificate_coverage",
    "passport_readiness",
    "carbon_footprint_declaration",
    "material_assistance",
    "listed_entities",
    "regional_policies",
)

_SYMBOLS = (
    "Ag Al As Au B Ba Be Bi C Ca Cd Ce Co Cr Cs Cu Dy Er Eu F Fe Ga Gd Ge Hf Hg Ho In Ir K La Li Lu Mg Mn Mo N Na Nb Nd Ni Os P Pb Pd Pr Pt "
    "Rb Re Rh Ru S Sb Sc Se Si Sm Sn Sr Ta Tb Te Th Ti Tl Tm U V W Y Yb Zn Zr"
)
ELEMENTS = (*_SYMBOLS.split(), "natural_graphite", "synthetic_graphite")
"""What contents speak of: chemical symbols, and graphite by where it comes from."""

SHIPPED_ORIGIN_RULES = ("usmca", "eu_uk_vehicle", "eu_uk_pack", "eu_uk_cell")
"""Rules of origin that the audit brings along; a network's own rows of the same name stand in their place."""
PROVING = (
    Table(
        "certificates",
        "a site's standard",
        (
            key("site_id", "site", "sites", example="loyalist"),
            key("scheme", "standard", example="IRMA"),
            key("product_id", "product it speaks of; empty is all of the site's", "products", required=False),
            day("valid_from", "first day", key=True, example="2026-01-01"),
            day("valid_to", "last day, inclusive"),
            text("level", "level reached"),
            text("issuer", "who says so"),
            text("evidence", "document"),
        ),
    ),
    Table(
        "schemes",
        "a level of a standard",
        (
            key("scheme", "standard", example="IRMA"),
            key("level", "level; empty: the standard as such", required=False, example="IRMA 75"),
            whole("rank", "order of the levels, more is better", default=0, example="3"),
            whole("oecd_step", "step of the OECD guidance that it gives evidence for", low=1.0, high=5.0),
        ),
    ),
    Table(
        "requirements",
        "a standard the plan asks for: what lacks it does not flow, or pays a penalty",
        (
            key("requirement_id", "name of the requirement", example="mines_irma_75"),
            text("scheme", "standard", required=True, example="IRMA"),
            text("min_level", "least level; empty: any"),
            text("product", "product, stage or @group; empty is all", groups=True, example="mined"),
            text("region", "where it is asked: goods that enter this region, country or @group; empty is everywhere", groups=True),
            day("from_date", "from when"),
            day("to_date", "until when, inclusive"),
            money("penalty_per_unit", "price of moving a unit without it; empty: it does not move"),
        ),
    ),
    Table(
        "due_diligence",
        "what a site can show for a step of the OECD guidance",
        (
            key("site_id", "site", "sites", example="loyalist"),
            whole(
                "oecd_step",
                "1 management systems, 2 risks identified, 3 risks answered, 4 audited, 5 reported",
                key=True,
                required=True,
                low=1.0,
                high=5.0,
                example="4",
            ),
            day("valid_from", "first day", key=True, example="2026-01-01"),
            day("valid_to", "last day, inclusive"),
            text("evidence", "document"),
        ),
    ),
    Table(
        "contents",
        "what a unit of a product holds of an element; for recycled content in its active materials (lead: in all of it)",
        (
            key("product_id", "product", "products", example="cam_nmc811"),
            key(
                "element",
                "chemical symbol, natural_graphite or synthetic_graphite",
                example="Ni",
                choices=ELEMENTS,
                fix="write a chemical symbol as Ni, or natural_graphite or synthetic_graphite",
            ),
            number("mass_kg_per_unit", "of the element, per unit of the product; 0: it holds none", required=True, example="0.483"),
        ),
    ),
    Table(
        "service_lives",
        "what a product serves in its life, for footprints declared per unit of service",
        (
            key("product_id", "product", "products", example="pack"),
            number("usable_kwh_per_unit", "usable energy of one charge, per unit of the product", required=True, low=1e-9, example="75"),
            number(
                "full_cycles_per_year",
                "full equivalent charges a year: 60 for cars and vans, 20 for mopeds, 250 for lorries and buses",
                required=True,
                low=1e-9,
                example="60",
            ),
            number(
                "life_years",
                "years of service: the calendar warranty, or the shorter that kilometres give",
                required=True,
                low=1e-9,
                example="8",
            ),
            number("end_of_life_co2e_kg_per_unit", "of taking it back and recycling it; negative is a credit", low=None),
        ),
    ),
    Table(
        "rules",
        "a rule that an audit asks after; holds from its first day to the next row of the rule",
        (
            key("rule_id", "name of the rule", example="eu_recycled_nickel"),
            day("valid_from", "first day", key=True, example="2031-08-18"),
            day("valid_to", "last day, inclusive"),
            choice("predicate", "how it is judged", *AUDIT_PREDICATES, required=True, example="recycled_content"),
            text("title", "name for people", example="Recycled nickel, EU Battery Regulation"),
            text(
                "jurisdiction", "country, territory, region or @group in which it holds; empty is everywhere", groups=True, example="europe"
            ),
            text("product", "product, stage or @group it speaks of", groups=True, example="pack"),
            text("subject", "what is counted: an element, a scheme, a list, an origin rule", example="Ni"),
            share("threshold_share", "least share (or most, as the predicate says)", example="0.06"),
            number("threshold", "limit that is no share", low=None),
            choice("status", "whether it binds today", "in_force", "draft", "proposed", default="in_force"),
            text("citation", "article, annex or notice", required=True, example="Regulation (EU) 2023/1542, Article 8(2)"),
        ),
    ),
)
