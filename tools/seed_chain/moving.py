"""Modes, freight rates, lanes and the stocks at their ends."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from seed_chain.assumed import PORTS, SEA, SITES, A
from seed_chain.reference import Fact

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["LINKS", "modes", "moving", "rates"]

Row = dict[str, object]
_KM_PER_NM = 1.852
_RAIL_FROM_KM = 700.0
"""Land legs from here on may also go by rail."""

LINKS: tuple[tuple[str, str, str], ...] = (
    # from mines
    ("spodumene_sc6", "greenbushes", "ganfeng_xinyu"),
    ("spodumene_sc6", "la_corne", "nemaska_becancour ganfeng_xinyu"),
    ("nickel_mhp", "qmb_morowali", "gem_jingmen"),
    ("cobalt_hydroxide", "tenke_fungurume", "gem_jingmen kokkola electra"),
    ("graphite_flake", "balama", "vidalia"),
    # refined
    ("nickel_class1", "long_harbour", "loyalist"),
    ("nickel_sulphate", "terrafame", "kokkola loyalist"),
    ("nickel_sulphate", "gem_jingmen", "loyalist kokkola"),
    ("cobalt_sulphate", "kokkola", "loyalist"),
    ("cobalt_sulphate", "gem_jingmen", "loyalist kokkola"),
    ("cobalt_sulphate", "electra", "loyalist"),
    ("lithium_carbonate", "sqm_antofagasta", "bessemer_city"),
    ("lithium_hydroxide", "sqm_antofagasta", "loyalist cheonan nysa"),
    ("lithium_hydroxide", "ganfeng_xinyu", "loyalist cheonan nysa jiangmen ronbay_hubei"),
    ("lithium_hydroxide", "bessemer_city", "loyalist"),
    ("lithium_hydroxide", "nemaska_becancour", "loyalist"),
    # precursor and cathode
    ("pcam_nmc811", "gem_jingmen", "cheonan jiangmen ronbay_hubei nysa"),
    ("pcam_nmc811", "kokkola", "nysa cheonan"),
    ("cam_nmc811", "loyalist", "florence"),
    ("cam_nmc811", "cheonan", "florence catl_debrecen catl_liyang"),
    ("cam_nmc811", "jiangmen", "florence catl_debrecen catl_liyang"),
    ("cam_nmc811", "ronbay_hubei", "florence catl_debrecen catl_liyang"),
    ("cam_nmc811", "nysa", "florence catl_debrecen"),
    # anode
    ("anode_graphite", "btr_jixi", "florence catl_debrecen catl_liyang"),
    ("anode_graphite", "vidalia", "florence"),
    ("anode_graphite", "nmg_becancour", "florence"),
    # battery
    ("cell_nmc811", "florence", "woodruff"),
    ("cell_nmc811", "catl_debrecen", "woodruff"),
    ("cell_nmc811", "catl_liyang", "woodruff"),
    ("pack", "woodruff", "spartanburg"),
)
"""Product, maker, takers. Loyalist's precursor is made on its site: no lane brings precursor in."""

_LAND = {
    **dict.fromkeys(("US", "CA"), "north_america"),
    **dict.fromkeys(("HU", "PL", "FI"), "europe"),
    "CN": "china", "KR": "korea", "ID": "indonesia", "CD": "africa", "MZ": "africa", "AU": "australia", "CL": "chile",
}  # fmt: skip
_ISLANDS = {"long_harbour": "newfoundland", "kokkola": "finland", "terrafame": "finland"}
_BULK = ("spodumene_sc6",)


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great circle between two points, haversine on a sphere of 6,371 km."""
    north, south = radians(a[0]), radians(b[0])
    h = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(h))


class _Map:
    """Positions and ports of the sites."""

    def __init__(self, ref: Reference) -> None:
        self.ref = ref
        self.spec = {spec.site_id: spec for spec in SITES}
        self.row = {spec.site_id: ref.site(spec.rows[0]) for spec in SITES}
        self.at = {site: (float(row["lat"]), float(row["lon"])) for site, row in self.row.items()}

    def land(self, site: str) -> str:
        return _ISLANDS.get(site) or _LAND[self.row[site]["country"]]

    def leg(self, start: tuple[float, float], end: tuple[float, float], mode: str) -> int:
        circuity = A.rail_circuity if mode == "rail" else A.truck_circuity
        return max(5, round(_km(start, end) * circuity.value))

    def ports(self, site: str) -> list[tuple[str, str]]:
        spec = self.spec[site]
        return [(port, "truck") for port in spec.ports] + [(port, "rail") for port in spec.rail_ports]

    def routes(self, start: str, end: str, ship: str) -> list[tuple[str, list[int], tuple[str, ...]]]:
        """Chains, kilometres of the legs and passages."""
        if self.land(start) == self.land(end):
            found: list[tuple[str, list[int], tuple[str, ...]]] = [("truck", [self.leg(self.at[start], self.at[end], "truck")], ())]
            if self.row[start]["country"] in {"US", "CA"} and found[0][1][0] >= _RAIL_FROM_KM:
                found.append(("rail", [self.leg(self.at[start], self.at[end], "rail")], ()))
            return found
        found = []
        for port, out in self.ports(start):
            for other, on in self.ports(end):
                sea = SEA.get(frozenset((port, other)))
                if sea is not None:
                    legs = [
                        self.leg(self.at[start], PORTS[port], out),
                        round(sea.nautical_miles * _KM_PER_NM),
                        self.leg(PORTS[other], self.at[end], on),
                    ]
                    found.append((f"{out}+{ship}+{on}", legs, sea.passages))
        if not found:
            raise LookupError(f"no route from {start} to {end}")
        return found


def _lanes(ref: Reference) -> list[Row]:
    world = _Map(ref)
    rows: list[Row] = []
    for product, start, ends in LINKS:
        ship = "bulk_ship" if product in _BULK else "container_ship"
        for end in ends.split():
            for number, (chain, legs, passages) in enumerate(world.routes(start, end, ship)):
                sea = "ship" in chain
                rows.append(
                    {
                        "lane_id": f"{start}-{end}-{product}" + ("" if number == 0 else f"-{number + 1}"),
                        "from_site": start,
                        "to_site": end,
                        "product_id": product,
                        "mode_chain": chain,
                        "leg_km": "+".join(str(km) for km in legs),
                        "passages": "|".join(passages) or ("none" if sea else ""),
                        "source_id": "A" if sea else "GEO",
                        "quality": "assumed" if sea else "derived",
                        "note": "sea distance as distance tables print it, land legs great circle × circuity"
                        if sea
                        else "great circle × circuity",
                    }
                )
    return rows


def modes(ref: Reference) -> list[Row]:
    def speed(mode: str) -> float:
        return ref.fact("transport", mode=mode, parameter="speed").value

    def handling(mode: str) -> float:
        return ref.fact("transport", mode=mode, parameter="handling_time").value

    port = ref.fact("transport", mode="port", parameter="handling emissions container terminal")
    table = (
        ("truck", "road", "truck_artic_33t", "truck_artic_33t"),
        ("rail", "rail", "rail_freight", "rail_freight"),
        ("container_ship", "sea", "ocean_container", "ocean_container"),
        ("bulk_ship", "sea", "ocean_bulk_handysize", "ocean_bulk"),
    )
    rows: list[Row] = []
    for mode, kind, factor, habits in table:
        fact = ref.fact("transport", mode=factor, parameter="emission_intensity")
        rows.append(
            {
                "mode_id": mode, "kind": kind, "co2e_kg_per_tkm": fact.value / 1000.0, "co2e_kg_per_t_handled": port.value,
                "speed_km_per_day": speed(habits), "handling_days": handling(habits), "source_id": fact.source, "quality": fact.quality,
                "note": "well to wheel; speed, handling days and 1.5 kg per tonne and hub assumed",
            }
        )  # fmt: skip
    return rows


def rates(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    mark_up = ref.fact("transport", mode="all", parameter="dangerous goods cost mark-up on cells/packs")
    fee = {
        mode: ref.fact("transport", mode=name, parameter="handling_cost")
        for mode, name in (
            ("truck", "truck_artic_33t"),
            ("rail", "rail_freight"),
            ("container_ship", "ocean_container"),
            ("bulk_ship", "ocean_bulk"),
        )
    }

    def rate(mode: str, start: str, end: str, per_t: Fact, per_tkm: Fact | None, note: str, *, cells: bool = True) -> None:
        main = per_tkm or per_t
        for kind, factor in (("", 1.0), ("cells", mark_up.value)) if cells else (("", 1.0),):
            rows.append(
                {
                    "mode_id": mode, "from_group": start, "to_group": end, "freight_class": kind, "valid_from": "2023-01-01",
                    "cost_per_t": per_t.value * factor, "cost_per_tkm": per_tkm.value * factor if per_tkm else 0.0,
                    "source_id": main.source, "quality": main.quality, "note": note + (f"; dangerous goods × {factor:g}" if kind else ""),
                }
            )  # fmt: skip

    truckload = ref.fact("transport", mode="truck_us", parameter="cost")
    rate(
        "truck",
        "north_america",
        "",
        fee["truck"],
        Fact(truckload.at_low.value, "derived", truckload.source),
        "full truckloads: low end of the range",
    )
    rate("truck", "europe", "", fee["truck"], ref.fact("transport", mode="truck_eu", parameter="cost"), "")
    rate("truck", "", "", fee["truck"], ref.fact("transport", mode="truck_cn", parameter="cost"), "China, and elsewhere for want of data")
    rate("rail", "", "", fee["rail"], ref.fact("transport", mode="rail_us", parameter="cost"), "")
    rate("rail", "europe", "", fee["rail"], ref.fact("transport", mode="rail_eu", parameter="cost"), "")
    rate("bulk_ship", "", "", fee["bulk_ship"], ref.fact("transport", mode="ocean_bulk", parameter="cost"), "", cells=False)
    rate(
        "container_ship",
        "",
        "",
        fee["container_ship"],
        ref.fact("transport", mode="ocean_container", parameter="cost"),
        "generic rate per tonne-kilometre",
    )
    payload = {
        "": A.general_payload.value,
        "cells": ref.fact("transport", mode="ocean_container", parameter="payload per FEU (cells, DG)").value,
    }
    box = {
        ("@far_east", "north_america"): "rate Shanghai-New York, 10.04.2025",
        ("@far_east", "europe"): "rate Shanghai-Rotterdam, 10.04.2025",
        ("europe", "north_america"): "rate Rotterdam-New York, 10.04.2025",
        ("north_america", "europe"): "rate New York-Rotterdam, 10.04.2025",
        ("europe", "@far_east"): "rate Rotterdam-Shanghai, 10.04.2025",
    }
    for (start, end), parameter in box.items():
        fact = ref.fact("transport", mode="ocean_container", parameter=parameter)
        for kind, tonnes in payload.items():
            factor = mark_up.value if kind else 1.0
            rows.append(
                {
                    "mode_id": "container_ship", "from_group": start, "to_group": end, "freight_class": kind, "valid_from": "2023-01-01",
                    "cost_per_t": fact.value * factor / tonnes + fee["container_ship"].value, "cost_per_tkm": 0.0,
                    "source_id": fact.source, "quality": "derived",
                    "note": f"{parameter}, {fact.value:g} USD over {tonnes:g} t, plus port handling" + (f"; dangerous goods × {factor:g}" if kind else ""),
                }
            )  # fmt: skip
    return rows


def _stocks(lanes: list[Row], peak: float, needs: dict[str, float]) -> list[Row]:
    """Cover at every place that receives by lane; what comes over sea needs more. Cathode material is kept by its makers.

    No store holds more than twice its cover of the whole chain's peak need: nothing can be laid in years ahead.
    """
    by_sea: dict[tuple[str, str], bool] = {}
    for lane in lanes:
        key = (str(lane["to_site"]), str(lane["product_id"]))
        by_sea[key] = by_sea.get(key, False) or "ship" in str(lane["mode_chain"])
    fixed = {"pack": 2.0, "cell_nmc811": 10.0, "cam_nmc811": 0.0}
    days = {key: fixed.get(key[1], 20.0 if sea else 7.0) for key, sea in by_sea.items()}
    days |= {(str(lane["from_site"]), "cam_nmc811"): 20.0 for lane in lanes if lane["product_id"] == "cam_nmc811"}
    return [
        {
            "site_id": site,
            "product_id": product,
            "days_of_cover": cover,
            "max_quantity": float(f"{A.stock_room.value * cover / 365.0 * peak * needs[product]:.2g}"),
            "holding_cost_share_per_year": A.holding_share.value,
            "source_id": "A",
            "quality": "assumed",
            "note": "drawn from the makers' stores" if cover == 0 else f"{A.holding_share.note}; {A.stock_room.note}",
        }
        for (site, product), cover in days.items()
    ]


def moving(ref: Reference, peak: float, needs: dict[str, float]) -> dict[str, list[Row]]:
    """Tables of this module; `peak` is the highest yearly demand, `needs` what one unit of it takes of each product."""
    lanes = _lanes(ref)
    return {"modes": modes(ref), "freight_rates": rates(ref), "lanes": lanes, "stocks": _stocks(lanes, peak, needs)}
