"""Tariff layers of the United States, from the rule file of the package where it has them and from the reference else."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from seed_chain.reference import Fact, assumed

from world_packs.pack import OwnPack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed_chain.reference import Reference

    from world_packs.pack import Row

__all__ = [
    "carbon_border", "eu_uk_rules_2027", "forced_labour", "ieepa", "loss_of_usmca", "section_122", "section_232", "section_301",
    "shipped", "shipped_groups", "shipped_sources", "us_china_tariffs_2024_2026",
]  # fmt: skip

_PACKAGE = Path(__file__).resolve().parents[2] / "src" / "hinterland"
_TRADE = _PACKAGE / "trade" / "data"
_KNOWN = {
    "section_301_cn": "2024-09-13", "section_232_auto": "2025-04-03", "us_232_auto_850760_eu": "2025-08-21", "us_232_auto_850760_kr": "2025-11-14",
    "us_232_auto_850790_eu": "2025-08-21", "us_232_auto_850790_kr": "2025-11-14", "us_232_auto_850760_jp": "2025-09-16",
    "us_232_auto_850790_jp": "2025-09-16",
}  # fmt: skip
"""Day from which a programme, or one row of it, was known, where the rule file leaves it open."""
_LISTS = "2530.90;2604;2822.00*"
_CHINA_LOSS = "2028-01-01"


def _read(name: str) -> list[dict[str, str]]:
    with (_TRADE / f"us_eu_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shipped(*programmes: str, importer: str = "US") -> list[Row]:
    """Rows of the package's rule file by programme, with the day from which each was known."""
    rows: list[Row] = []
    for row in _read("duties"):
        if row["programme"] in programmes and row["importer"] == importer:
            rate = {"ad_valorem_share": float(row["ad_valorem_share"])} if row["ad_valorem_share"] else {}
            known = row["known_from"] or _KNOWN.get(row["rule_id"], _KNOWN.get(row["programme"], ""))
            rows.append({**{key: value for key, value in row.items() if value}, **rate, **({"known_from": known} if known else {})})
    return rows


def shipped_groups(*groups: str, of: Iterable[str] | None = None) -> list[Row]:
    """Groups of the rule file, with the members that are `of` a network."""
    members = None if of is None else set(of)
    return [dict(row) for row in _read("groups") if row["group_id"] in groups and (members is None or row["member"] in members)]


def shipped_sources() -> dict[str, Row]:
    """Sources of the rule file by id."""
    return {row["source_id"]: dict(row) for row in _read("sources")}


def _row(rule: str, programme: str, origin: str, hs: str, share: Fact, first: str, known: str, note: str = "", **more: object) -> Row:
    return {
        "rule_id": rule, "programme": programme, "importer": "US", "origin": origin, "hs_prefix": hs, "ad_valorem_share": share.value, "stacking": "add",
        "valid_from": first, "known_from": known, "source_id": share.source, "quality": share.quality, "note": note, **more,
    }  # fmt: skip


def _plain(hs: str) -> str:
    return hs.replace(".", "")


def section_301(ref: Reference) -> list[Row]:
    """The duties on China of 2018 and 2019 and of the review of 2024."""
    rows = shipped("section_301_cn")
    first = ref.trade("US", "CN", "8507.60", effective_to="2024-09-26")
    rows.append(
        _row("us_301_cn_850760_2019", "section_301_cn", "CN", "8507.60", first, "2019-09-01", "", "list 4A, as it stood in October 2023")
    )
    lines = ref.row("trade", importer="US", origin="CN", hs=_LISTS, kind="duty_add")
    third = ref.fact("trade", importer="US", origin="CN", hs=_LISTS, kind="duty_add")
    cathode, graphite = (ref.trade("US", "CN", hs, kind="duty_add") for hs in ("2841.90.50", "3801.10"))
    rows += [
        _row(f"us_301_cn_{_plain(hs)}", "section_301_cn", "CN", hs, third, "2019-05-10", "", "list 3") for hs in lines["hs"].split(";")
    ]
    parts = ref.trade("US", "CN", "8507.90.80", kind="duty_add")
    rows.append(
        _row("us_301_cn_85079080", "section_301_cn", "CN", "8507.90.80", parts, "2018-07-06", "", "list 1, parts of lithium-ion batteries")
    )
    rows.append(_row("us_301_cn_28419050", "section_301_cn", "CN", "2841.90.50", cathode, "2019-05-10", "", "list 3"))
    rows.append(_row("us_301_cn_380110", "section_301_cn", "CN", "3801.10", graphite, "2019-05-10", "", "list 3; exclusions for anode powder ran to June 2024 by recall and are left out"))  # fmt: skip
    return rows


def section_122(ref: Reference) -> list[Row]:
    """The surcharge of 150 days, and the lines that it leaves out."""
    annex = ref.row("trade", kind="exemption", product="products exempt from the Section 122 surcharge*")
    free = Fact(0.0, annex["quality"], annex["source"])
    return shipped("section_122") + [
        _row(f"us_122_exempt_{_plain(hs)}", "section_122", "", hs, free, "2026-02-24", "2026-02-20", "line that the surcharge leaves out", valid_to="2026-07-23")
        for hs in annex["hs"].split(";")
    ]  # fmt: skip


def section_232() -> list[Row]:
    """Parts of cars."""
    return shipped("section_232_auto")


def forced_labour(ref: Reference) -> list[Row]:
    """Duties on sixty economies, by those that the rule file or the reference names; lines that are exempt."""
    rows = shipped("section_301_fl")
    told = {str(row.get("origin", "")) for row in rows}
    for one in ref.tables["trade"]:
        if one["product"] == "Section 301 forced-labour duty" and one["origin"] not in told:
            rate = Fact(float(one["value"]), one["quality"], one["source"])
            rows.append(
                _row(f"us_fl_{one['origin'].lower()}", "section_301_fl", one["origin"], "", rate, "2026-07-24", "2026-07-28", "flat")
            )
    lines = {str(row.get("hs_prefix", "")) for row in rows}
    annex = ref.row("trade", kind="exemption", product="products exempt from the Section 301 forced-labour duty*")
    free = Fact(0.0, annex["quality"], annex["source"])
    rows += [
        _row(f"us_fl_exempt_{_plain(hs)}", "section_301_fl", "", hs, free, "2026-07-24", "2026-07-28", "line that is exempt")
        for hs in annex["hs"].split(";")
        if hs not in lines
    ]
    return rows


def ieepa(ref: Reference) -> list[Row]:
    """Duties under emergency powers from February 2025; no entry from 24 February 2026 on pays them."""
    rows: list[Row] = []
    for one in ref.tables["trade"]:
        kind = (
            "fentanyl"
            if "fentanyl IEEPA" in one["product"] or (one["authority"] == "IEEPA" and one["product"] == "non-USMCA goods")
            else "reciprocal"
        )
        if one["kind"] != "duty_add" or one["authority"] != "IEEPA":
            continue
        rate = Fact(float(one["value"]), one["quality"], one["source"])
        first = one["effective_from"]
        more: Row = {"valid_to": one["effective_to"]}
        if one["origin"] in {"CA", "MX"}:
            more["applies_if_not_origin_rule_id"] = "usmca"
        if "all-in" in one["product"] or one["origin"] == "KR":
            more["stacking"] = "net_of_mfn"
        rule = f"us_ieepa_{kind}_{one['origin'].lower()}_{first[:7].replace('-', '')}"
        rows.append(
            _row(
                rule,
                f"ieepa_{kind}",
                one["origin"],
                "",
                rate,
                first,
                first,
                "ended by the Supreme Court; entries from 2026-02-24 are free",
                **more,
            )
        )
    annex = ref.row("trade", kind="exemption", product="Annex II goods exempt from IEEPA*")
    free = Fact(0.0, annex["quality"], annex["source"])
    ends = {"valid_to": "2026-02-23"}
    rows += [
        _row(f"us_ieepa_exempt_{_plain(hs)}", "ieepa_reciprocal", "", hs, free, "2025-04-05", "2025-04-05", "Annex II", **ends) for hs in annex["hs"].split(";")
    ]  # fmt: skip
    part = assumed(0.0, "parts of cars that pay section 232 pay no reciprocal duty: recalled, not read")
    for hs in ("8507.60", "8507.90"):
        rows.append(
            _row(
                f"us_ieepa_232_{_plain(hs)}",
                "ieepa_reciprocal",
                "",
                hs,
                part,
                "2025-05-03",
                "2025-05-03",
                part.note,
                use="auto_part",
                **ends,
            )
        )
        least = assumed(0.0, "parts of cars from Canada and Mexico that pay section 232 pay no fentanyl duty: recalled, not read")
        rows.append(
            _row(
                f"us_ieepa_232_camx_{_plain(hs)}",
                "ieepa_fentanyl",
                "CA|MX",
                hs,
                least,
                "2025-05-03",
                "2025-05-03",
                least.note,
                use="auto_part",
                **ends,
            )
        )
    return rows


def us_china_tariffs_2024_2026(ref: Reference) -> OwnPack:
    """What goods of China pay in the United States on top of the ordinary duty, step by step."""
    pack = OwnPack(
        "us_china_tariffs_2024_2026",
        "Duties of the United States on goods of China, as enacted from 2024 to 2026",
        "Section 301 with the review of 2024, the emergency powers (IEEPA) and their end on 24 February 2026, section 122, forced labour (section 301) and "
        "parts of cars (section 232), each with its days and on China alone. The ordinary duty stays the network's own. Section 232 asks for goods "
        "that product_codes declares as auto_part. A network whose tables hold these layers in the same programmes pays nothing twice.",
    )
    for row in [*section_301(ref), *ieepa(ref), *section_122(ref), *section_232(), *forced_labour(ref)]:
        origin = row.get("origin", "")
        if origin not in {"", "CN"} or row.get("origin_rule_id") or row.get("applies_if_not_origin_rule_id"):
            continue
        if row.get("excludes_programmes"):
            row = {**row, "excludes_programmes": "section_122|section_301_fl"}
        pack.tables.setdefault("duties", []).append(
            row if origin == "CN" else {**row, "origin": "CN", "rule_id": f"{row['rule_id']}_on_china"}
        )
    return pack


def loss_of_usmca(ref: Reference) -> OwnPack:
    """The agreement ends: the ordinary duty and what its claim spared come back."""
    del ref
    why = assumed(0.0, "the agreement ends on 1 January 2028: assumed; the review of 2026 left it in force with yearly reviews")
    pack = OwnPack(
        "loss_of_usmca",
        "The USMCA ends with 2027",
        "From 1 January 2028 no claim under the USMCA spares a duty of the United States: a layer turns off the programme usmca, so that the ordinary duty "
        "is due; rows by single country stand before those that free claimed parts of cars (section 232) and claimed goods (forced labour). Networks "
        "must keep the preference in the programme usmca, as the package's rule file does. That it ends, and when, is assumed.",
    )
    pack.add("duties", why, rule_id="usmca_lost", programme="usmca_lost", importer="US", origin="CA|MX", ad_valorem_share=0.0, stacking="add",
             excludes_programmes="usmca", valid_from=_CHINA_LOSS)  # fmt: skip
    rates = {str(row["rule_id"]): row for row in [*section_232(), *shipped("section_301_fl")]}
    for country in ("CA", "MX"):
        for hs in ("850760", "850790"):
            model = rates[f"us_232_auto_{hs}"]
            pack.tables["duties"].append(
                {**model, "rule_id": f"usmca_lost_232_{hs}_{country.lower()}", "origin": country, "excludes_programmes": "section_301_fl", "valid_from": _CHINA_LOSS, "quality": "assumed",
                 "note": "rate of every other origin, once the agreement has ended"}
            )  # fmt: skip
        model = {key: value for key, value in rates[f"us_fl_{country.lower()}"].items() if key != "applies_if_not_origin_rule_id"}
        pack.tables["duties"].append(
            {**model, "rule_id": f"usmca_lost_fl_{country.lower()}", "valid_from": _CHINA_LOSS, "quality": "assumed", "note": "no claim spares it once the agreement has ended"}
        )  # fmt: skip
    return pack


def eu_uk_rules_2027(ref: Reference) -> OwnPack:
    """Origin under the Trade and Cooperation Agreement, before and after 1 January 2027."""
    del ref
    pack = OwnPack(
        "eu_uk_rules_2027",
        "EU-UK rules of origin for batteries and electric cars, stricter from 2027",
        "Goods of the United Kingdom enter the European Union free where they originate and are claimed: non-originating materials of at most 60 % of a "
        "car's, 70 % of a pack's or cell's price until 31 December 2026, then 45 %, 30 % and 35 %. The ordinary duty is in the pack. The British side "
        "is left out: its tariff was not read.",
    )
    with (_PACKAGE / "compliance" / "data" / "origin_rules.csv").open(encoding="utf-8", newline="") as file:
        tests = [
            {key: value for key, value in row.items() if value}
            for row in csv.DictReader(file)
            if row["origin_rule_id"].startswith("eu_uk_")
        ]
    for row in tests:
        for share in ("threshold_share", "de_minimis_share"):
            if share in row:
                row[share] = float(row[share])  # type: ignore[assignment]
    pack.tables["origin_rules"] = [dict(row) for row in tests]
    pack.tables["duties"] = shipped("mfn", "eu_uk_cell", "eu_uk_pack", "eu_uk_vehicle", importer="@eu_members")
    for row in pack.tables["duties"]:
        if row["programme"] == "mfn":
            row |= {"origin": "GB", "rule_id": f"{row['rule_id']}_on_gb"}
    pack.tables["groups"] = shipped_groups("eu_members")
    return pack


def carbon_border(ref: Reference) -> OwnPack:
    """A price on the declared footprint of battery goods at the European border."""
    del ref
    price = assumed(80.0, "80 a tonne of CO2e declared, in the network's own currency: assumed")
    pack = OwnPack(
        "carbon_border",
        "A carbon price of 80 a tonne on battery goods at the European border from 2028",
        "CBAM, in force since 2026, takes cement, steel, aluminium and others, and no batteries, cathode material or chemicals of lithium, nickel and cobalt. "
        "The pack asks what if it did: the footprint that product_values declares is priced on entry. Scope, price and date are assumed.",
    )
    for hs in ("2825", "2833", "2836.91", "2841.90", "2842.90", "2853", "3801", "7502", "8507"):
        pack.add("duties", price, rule_id=f"eu_carbon_border_{_plain(hs)}", programme="carbon_border", importer="@eu_members", hs_prefix=hs,
                 co2e_price_per_t=price.value, stacking="add", valid_from="2028-01-01")  # fmt: skip
    pack.tables["groups"] = shipped_groups("eu_members")
    return pack
