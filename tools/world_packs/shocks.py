"""Shocks other than tariffs: export controls, quotas, closed passages, a carbon price at the border, a currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.reference import Fact, assumed

from world_packs.pack import ISO_COUNTRIES, OwnPack

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["cobalt_quota", "currency_move", "graphite_export_control", "panama_closure", "suez_closure", "yuan_dearer"]

ANODE_NAMES = ("anode_graphite", "graphite_anode", "anode", "synthetic_graphite", "artificial_graphite")
NATURAL_NAMES = ("graphite_flake", "natural_graphite", "spherical_graphite")
COBALT_NAMES = ("cobalt_hydroxide", "cobalt_concentrate", "cobalt_ore")
HYDROXIDE_COBALT = assumed(0.35, "crude cobalt hydroxide with 35 % cobalt")
MINED_2024 = assumed(220_000.0, "t cobalt mined in the DRC in 2024, recalled in the notes of trade.csv")
CURRENCY_MOVE = 0.10


def suez_closure(ref: Reference) -> OwnPack:
    """Two whole years without the canal."""
    months = ref.fact("risk", scope="Suez/Red Sea", metric="disruption duration")
    pack = OwnPack(
        "suez_closure",
        "Suez and the Red Sea closed in 2027 and 2028",
        f"Ships between Asia and Europe go round the Cape of Good Hope for two whole years. The disruption that began in November 2023 lasted "
        f"{months.value:g} months or more; that a new one begins in 2027 is assumed.",
    )
    for passage in ("bab_el_mandeb", "suez"):
        pack.add("closures", Fact(0.0, "assumed", months.source), "dates assumed, length after the disruption from November 2023",
                 passage=passage, valid_from="2027-01-01", valid_to="2028-12-31")  # fmt: skip
    return pack


def panama_closure(ref: Reference) -> OwnPack:
    """A year without the canal: more than the drought did, as long as it did."""
    months = ref.fact("risk", scope="Panama Canal", metric="disruption duration")
    ships = ref.fact("risk", scope="Panama Canal", metric="daily transits cut (drought)")
    pack = OwnPack(
        "panama_closure",
        "Panama Canal closed in 2027",
        f"A year without the canal. The drought of 2023 and 2024 lasted about {months.value:g} months and left {ships.value:g} of 36 transits a day; "
        "that nothing passes, and that it is 2027, is assumed: a harder test than the drought.",
    )
    pack.add("closures", Fact(0.0, "assumed", months.source), "date and severity assumed, length of the drought of 2023",
             passage="panama", valid_from="2027-01-01", valid_to="2027-12-31")  # fmt: skip
    return pack


def graphite_export_control(ref: Reference) -> OwnPack:
    """China grants no export licence for graphite of anodes."""
    licence = ref.fact("trade", hs="3801", kind="shock", importer="ALL")
    first = ref.fact("trade", hs="2504;3801", kind="shock", importer="ALL")
    pack = OwnPack(
        "graphite_export_control",
        "China grants no export licences for anode graphite from 2027",
        "Licences are asked for natural graphite and high-purity artificial graphite since 1 December 2023 (announcement 39/2023, in force) and, by "
        "announcement 58/2025, for anode materials of artificial graphite, suspended until 10 November 2026 and open since. A licence that is granted "
        "costs weeks; the pack asks what holds when none is granted from 2027 on: that is assumed. Products meant: the groups "
        "graphite_anode_material and graphite_natural; add the names of yours to them.",
    )
    pack.group("graphite_anode_material", "product", *ANODE_NAMES)
    pack.group("graphite_natural", "product", *NATURAL_NAMES)
    pack.group("outside_china", "country", *(one for one in ISO_COUNTRIES if one != "CN"))
    for policy, product, fact, known, note in (
        ("cn_export_artificial_graphite", "@graphite_anode_material", licence, "2025-10-09", "announcement 58/2025 in force again, no licence granted: assumed"),
        ("cn_export_natural_graphite", "@graphite_natural", first, "2023-10-20", "announcement 39/2023 in force, no licence granted: assumed"),
    ):  # fmt: skip
        pack.add("policies", Fact(0.0, "assumed", fact.source), note, known, policy_id=policy, kind="forbid_origin", product=product, from_group="CN",
                 to_group="@outside_china", valid_from="2027-01-01")  # fmt: skip
    return pack


def cobalt_quota(ref: Reference) -> OwnPack:
    """Export quota of the Congo, for the country and for what a network could take before."""
    quota = ref.fact("trade", kind="shock", origin="CD", product="cobalt export quota")
    cap = quota / HYDROXIDE_COBALT
    left = quota / MINED_2024
    pack = OwnPack(
        "cobalt_quota",
        "Cobalt export quota of the Congo",
        f"Quota of {quota.value:,.0f} t cobalt a year for 2026 and 2027 as decreed, taken to go on (assumed). The first policy limits all that leaves the "
        f"country, the change cuts what its mines leave to a network by the same part: to {left.value:.0%} of 2024. Products meant: the group "
        "drc_cobalt; add the names of yours to it.",
    )
    pack.group("drc_cobalt", "product", *COBALT_NAMES)
    pack.group("outside_drc", "country", *(one for one in ISO_COUNTRIES if one != "CD"))
    for policy, fact, first, last, note in (
        ("drc_cobalt_quota_2026", cap, "2026-01-01", "2027-12-31", "quota as decreed, in tonnes of hydroxide with 35 % cobalt (assumed)"),
        ("drc_cobalt_quota_2028", Fact(cap.value, "assumed", cap.source), "2028-01-01", "", "as if the quota went on: assumed"),
    ):  # fmt: skip
        pack.add("policies", fact, note, "2025-09-20", policy_id=policy, kind="max_flow", product="@drc_cobalt", from_group="CD",
                 to_group="@outside_drc", basis="mass", value=cap.value, value_unit="t", valid_from=first, valid_to=last)  # fmt: skip
    pack.add("changes", left, "what mines leave to a network shrinks as the exports of the country do", "2025-09-20", change_id="drc_cobalt_left",
             table="processes", where="site_id=@CD; product_id=@drc_cobalt", column="available_share", valid_from="2026-01-01", action="scale",
             value=left.value)  # fmt: skip
    return pack


def currency_move(ref: Reference) -> OwnPack:
    """The network's own currency a tenth weaker: everything that the tables price in another one."""
    del ref
    why = assumed(1.0 + CURRENCY_MOVE, "a tenth against every other currency: assumed")
    pack = OwnPack(
        "currency_move",
        "The network's currency loses a tenth against every other from 2027",
        "Scales every row of exchange_rates from 2027 on, so that amounts in other currencies cost a tenth more in settings.currency. It moves what "
        "the tables price in another currency and nothing else: where prices of China stand in dollars, pack:yuan_dearer moves them.",
    )
    pack.add("changes", why, change_id="currency_move", table="exchange_rates", where="currency=*", column="rate_to_settings_currency",
             valid_from="2027-01-01", action="scale", value=why.value)  # fmt: skip
    return pack


def yuan_dearer(ref: Reference) -> OwnPack:
    """The yuan a tenth dearer: what is priced in China costs more in every other money."""
    del ref
    why = assumed(1.0 + CURRENCY_MOVE, "a tenth against every other currency: assumed")
    pack = OwnPack(
        "yuan_dearer",
        "Yuan a tenth dearer from 2027",
        "For tables that price China in their own currency: what is paid there costs a tenth more: making, energy, running and building sites there, and purchases "
        "that come from there. Customs values stay: add a change of product_values where yours follow.",
    )
    for change, table, where, column in (
        ("cny_conversion", "processes", "site_id=@CN", "conversion_cost_per_unit"),
        ("cny_modules", "processes", "site_id=@CN", "module_cost"),
        ("cny_energy", "energy", "zone=CN", "price_per_kwh"),
        ("cny_fixed", "sites", "country=CN", "fixed_cost_per_year"),
        ("cny_purchases", "purchases", "origin_country=CN", "price_per_unit"),
    ):
        pack.add(
            "changes",
            why,
            change_id=change,
            table=table,
            where=where,
            column=column,
            valid_from="2027-01-01",
            action="scale",
            value=why.value,
        )
    return pack
