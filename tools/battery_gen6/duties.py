"""Duties of the sample: ordinary rates and preferences, and every layer of the United States with its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.reference import Fact, assumed
from seed_chain.rules import Duties
from world_packs.tariffs import forced_labour, ieepa, section_122, section_232, section_301, shipped

from battery_gen6.assumed import EUROPE, REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seed_chain.reference import Reference

__all__ = ["duties", "origin_rules", "trade_groups"]

Row = dict[str, object]
_COUNTRIES = {*REGIONS} - {"PH", "ZA", "MG", "AR", "FR"}
"""Countries of the sample's sites and offers."""
_FIRST = "2026-01-01"
"""First day of the first period: what ended before is left out."""


def _free(d: Duties, importer: str, origins: Mapping[str, Fact], hs: str) -> None:
    for origin, share in origins.items():
        d.add("preference", importer, origin, hs, share, note="rules of origin taken as met")
        d.rows[-1]["stacking"] = "replace"


def _european(ref: Reference, d: Duties, codes: Mapping[str, str]) -> None:
    free = {
        origin: ref.fact("trade", kind="duty", importer="EU", origin=origin, authority=authority)
        for origin, authority in (("KR", "EU-Korea FTA"), ("CA", "CETA"), ("CL", "EU-Chile"), ("MA", "EU-Morocco"))
    }
    free["NO"] = ref.fact("trade", kind="duty", importer="EU", origin="NO;CH;TR;VN")
    least = ref.fact("trade", kind="duty", importer="EU", origin="CD;MZ;ZW;MG")
    read = {row["hs"] for row in ref.tables["trade"] if row["kind"] == "duty" and row["importer"] == "EU"}
    for product, hs in codes.items():
        if hs not in read and hs != "2822.00":
            continue
        if hs == "2822.00":
            d.add("mfn", "EU", "CD", hs, least, note="everything but arms")
            continue
        where = {"product": "li-ion cells and packs"} if product == "cell_nmc811" else {}
        rate = ref.trade("EU", "MFN", hs, kind="duty", **where)
        d.add("mfn", "EU", "", hs, rate)
        if rate.value > 0:
            _free(d, "EU", free, hs)


def _american(ref: Reference, d: Duties, codes: Mapping[str, str]) -> None:
    """Ordinary duties; free in place of them under the USMCA and KORUS if claimed, and for Australia, Chile and Morocco."""
    north = ref.fact("trade", kind="duty", importer="US", origin="CA;MX")
    korea = ref.fact("trade", kind="duty", importer="US", origin="KR")
    others = {"AU|CL|MA": ref.fact("trade", kind="duty", importer="US", origin="AU;CL;MA")}
    known = {row["hs"] for row in ref.tables["trade"] if row["kind"] == "duty" and row["importer"] == "US" and row["origin"] == "MFN"}
    for hs in dict.fromkeys(codes.values()):
        line = hs[:7] if hs.startswith("8507") else hs
        if line not in known:
            continue
        rate = ref.trade("US", "MFN", line, kind="duty")
        d.add("mfn", "US", "", line, rate)
        if rate.value > 0:
            _free(d, "US", others, line)
            if line != "8507.60":  # the package's rule file has the rows of 8507.60
                for programme, origin, share in (("usmca", "@usmca_partners", north), ("korus", "KR", korea)):
                    code = line.replace(".", "")
                    d.rows.append(
                        {
                            "rule_id": f"us_{programme}_{code}", "programme": programme, "importer": "US", "origin": origin, "hs_prefix": line,
                            "ad_valorem_share": share.value, "stacking": "replace", "origin_rule_id": programme, "source_id": share.source,
                            "quality": share.quality, "note": "for goods that originate and are claimed",
                        }
                    )  # fmt: skip


def _layers(ref: Reference, codes: Mapping[str, str]) -> list[Row]:
    """What comes on top in the United States, as far as it reaches origins and lines of the sample."""
    rows = [*section_301(ref), *ieepa(ref), *section_122(ref), *section_232(), *forced_labour(ref), *shipped("usmca")]
    kept = []
    lines = {code.replace(".", "") for code in codes.values()}
    for row in rows:
        origins = [one for one in str(row.get("origin", "")).split("|") if one]
        prefix = str(row.get("hs_prefix", "")).replace(".", "")
        here = not origins or any(one.startswith("@") or one in _COUNTRIES for one in origins)
        if here and any(line.startswith(prefix) for line in lines) and str(row.get("valid_to") or _FIRST) >= _FIRST:
            kept.append(dict(row))
    programmes = {str(row["programme"]) for row in kept}
    for row in kept:
        if row.get("excludes_programmes"):
            row["excludes_programmes"] = "|".join(one for one in str(row["excludes_programmes"]).split("|") if one in programmes)
    return kept


def duties(ref: Reference, codes: Mapping[str, Mapping[str, str]]) -> list[Row]:
    """Every duty row of the sample; `codes` are the tariff lines of its products by importer."""
    d = Duties()
    _european(ref, d, codes["EU"])
    _american(ref, d, codes["US"])
    read = {row["hs"] for row in ref.tables["trade"] if row["kind"] == "duty" and row["importer"] == "CN"}
    for hs in (one for one in codes["CN"].values() if one in read):
        d.add("mfn", "CN", "", hs, ref.trade("CN", "MFN", hs, kind="duty"))
    chemicals = ref.trade("CA", "MFN", "2841.90;2853;2833", kind="duty")
    for hs in codes["CA"].values():
        d.add("mfn", "CA", "", hs, chemicals, note="battery chemicals free by recall; the line itself was not read")
    d.add("mfn", "MX", "", "8507.60", ref.trade("MX", "MFN", "8507.60", kind="duty"))
    return d.rows + _layers(ref, codes["US"])


def trade_groups() -> list[tuple[str, str, str]]:
    """Groups that duty rows and rules of origin name: (group, member, kind)."""
    north = [("usmca_partners", one, "country") for one in ("CA", "MX")]
    area = [("usmca_area", one, "country") for one in ("CA", "MX", "US")] + [("korus_area", one, "country") for one in ("KR", "US")]
    return [("eu_members", one, "country") for one in EUROPE] + north + area


def origin_rules() -> list[Row]:
    """What goods must show to be claimed under the USMCA and KORUS: the fallback for cells, a new heading for chemicals and anodes."""
    shift = assumed(0.0, "a change of heading for chapters 28 and 38: after the rule on chemical reactions, recalled, not read")
    rows: list[Row] = [
        {
            "origin_rule_id": "usmca", "hs_prefix": "8507", "method": method, "valid_from": "2020-07-01", "agreement": "USMCA", "threshold_share": share,
            "cumulation_group": "@usmca_area", "source_id": "S205", "quality": "estimated",
            "note": "general fallback of 60 % (transaction value) or 50 % (net cost), one secondary source; the own rule of 8507.60 was not read",
        }
        for method, share in (("rvc_tv", 0.6), ("rvc_nc", 0.5))
    ]  # fmt: skip
    for rule, agreement, area, first in (("usmca", "USMCA", "@usmca_area", "2020-07-01"), ("korus", "KORUS", "@korus_area", "2012-03-15")):
        rows += [
            {
                "origin_rule_id": rule, "hs_prefix": chapter, "method": "tariff_shift", "valid_from": first, "agreement": agreement, "shift_level": "heading",
                "cumulation_group": area, "source_id": shift.source, "quality": shift.quality, "note": shift.note,
            }
            for chapter in ("28", "38")
        ]  # fmt: skip
    return rows
