"""A made-up board of plans that break: near the reference network in size and shape, with the rows that trouble a figure."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl

from hinterland.comparison.stressed import STRESS_FRAMES, StressBoard

PLANS = ("global", "local-for-local", "least-co2e", "as-announced")
MEASURES = {  # measure: unit, size in the baseline, spread over its size, what each further plan has of the baseline's
    "fill_rate": ("share", 0.913, 0.05, (1.0, 1.031, 1.0004, 0.992)),
    "on_time_share": ("share", 0.862, 0.06, (1.0, 1.042, 1.0003, 0.985)),
    "late_share": ("share", 0.0512, 0.4, (1.0, 0.71, 0.98, 1.12)),
    "wait_days": ("days", 3.31, 0.5, (1.0, 0.7, 1.0, 1.1)),
    "never_share": ("share", 0.0009, 0.9, (1.0, 1.0, 1.0, 1.0)),
    "steps_without_shortage_share": ("share", 0.774, 0.08, (1.0, 1.06, 1.001, 0.97)),
    "lost": ("units", 1.71e7, 0.6, (1.0, 0.63, 0.99, 1.09)),
    "lost_margin": ("money", 6.12e8, 0.6, (1.0, 0.6, 0.99, 1.1)),
    "backlog": ("unit-steps", 3.4e6, 0.9, (1.0, 0.7, 1.0, 1.2)),
    "longest_spell_days": ("days", 96.4, 0.4, (1.0, 0.82, 0.99, 1.01)),
    "stock_value": ("money, mean of steps", 4.1e7, 0.1, (1.0, 1.2, 1.1, 1.0)),
    "pipeline_value": ("money, mean of steps", 8.8e7, 0.1, (1.0, 0.4, 0.5, 1.0)),
    "extra_cost_per_unit": ("money per unit served", -0.00013, 2.0, (1.0, 0.8, 1.0, 1.0)),
    "extra_co2e_kg_per_unit": ("kg per unit served", 0.41, 0.7, (1.0, 0.6, 0.9, 1.0)),
}
SHARES = ("fill_rate", "on_time_share", "steps_without_shortage_share")
HAZARDS = {
    "earthquake_kyushu": "Earthquake in Kyushu",
    "suez_closed": "Suez canal closed",
    "panama_drought": "Panama drought",
    "graphite_export_control": "China lets no graphite and no graphite anode material out of the country",
    "fire_cell": "Fire in a cell plant",
    "fire_cathode": "Fire in a cathode plant",
    "strike_port_us": "Strike in ports of the US East Coast",
    "flood_sulawesi": None,
    "cyber_operator": "Cyber attack on an operator",
    "supplier_insolvency": "Insolvency of a supplier",
    "hurricane": "Hurricane season, Carolinas",
    "power_rationing": "Power rationing in Sichuan",
    "red_sea": "Red Sea unsafe",
}
PLACES = {  # site: name, latitude, longitude
    "shanghai_pack": ("SVOLT pack and module works Shanghai-Lingang, second building (announced)", 30.9, 121.9),
    "liyang": ("CATL Liyang", 31.43, 119.48),
    "ningde": ("CATL Ningde", 26.7, 119.5),
    "debrecen": ("CATL Debrecen", 47.5, 21.6),
    "arnstadt": ("CATL Arnstadt", 50.8, 10.9),
    "florence": ("AESC Florence", 34.2, -79.8),
    "woodruff": ("Pack plant Woodruff", 34.7, -82.0),
    "leipzig": ("Pack plant Leipzig", 51.4, 12.4),
    "debrecen_pack": ("Pack plant Debrecen", 47.55, 21.55),
    "regensburg": ("Pack plant Regensburg", 49.0, 12.1),
    "straubing": ("Pack plant Irlbach-Straßkirchen", 48.8, 12.7),
    "shenyang": ("Pack plant Shenyang", 41.8, 123.2),
    "nysa": ("Umicore Nysa", 50.5, 17.3),
    "jiangmen": ("Cathode Jiangmen", 22.6, 113.1),
    "harjavalta": ("Nickel Harjavalta", 61.3, 22.1),
    "kokkola": ("Cobalt Kokkola", 63.8, 23.1),
    "morowali": ("Nickel Morowali", -2.8, 122.2),
    "kolwezi": ("Cobalt Kolwezi", -10.7, 25.5),
    "atacama": ("Lithium Atacama", -23.5, -68.4),
    "kwinana": ("Lithium Kwinana", -32.2, 115.8),
    "jixi": ("Graphite Jixi", 45.3, 131.0),
    "vidalia": ("Graphite Vidalia", 31.6, -91.4),
    "becancour": ("Graphite Bécancour", 46.3, -72.4),
    "loyalist": ("Cathode Loyalist", 44.2, -76.7),
}
PASSAGES = {"suez": (30.4, 32.4), "panama": (9.1, -79.7), "malacca": (2.5, 101.6), "gibraltar": (36.0, -5.6)}


def frame(name: str, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    columns = dict(STRESS_FRAMES[name])
    return pl.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], schema=columns)


def _fans(plans: tuple[str, ...], months: int) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for at, plan in enumerate(plans):
        draws = np.random.default_rng(100 + at)
        level = (0.09, 0.05, 0.088, 0.1)[at % 4]
        for month in range(months):
            loss = level * (1.0 + 0.5 * math.sin(month / 5.0)) * float(draws.uniform(0.8, 1.2)) * (0.2 if month < 2 else 1.0)
            p05, p25, p50, p75, p95 = 1 - 5.5 * loss, 1 - 1.6 * loss, 1 - 0.25 * loss, 1.0, 1.0
            rows.append((plan, "served_share", date(2028 + month // 12, month % 12 + 1, 1), p05, p25, p50, p75, p95, 1 - loss))
    return rows


def _exposure(plans: tuple[str, ...]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    nodes = [("site", one, *place) for one, place in PLACES.items()]
    nodes += [("passage", one, f"{one.title()} passage", *place) for one, place in PASSAGES.items()]
    nodes += [("country", one, one, None, None) for one in ("CN", "DE", "HU", "US", "FI", "CL", "ID", "CD", "KR", "JP", "AU", "CA", "PL")]
    nodes += [("region", one, one, None, None) for one in ("europe", "china", "north_america", "asia")]
    nodes += [("operator", one, one.upper(), None, None) for one in ("catl", "eve", "umicore", "basf", "aesc")]
    nodes += [("product", one, one, None, None) for one in ("cell_nmc811", "cam_nmc811", "anode_graphite", "lithium_hydroxide")]
    nodes += [("lane", f"lane_{at}", f"lane_{at}", None, None) for at in range(14)]
    draws = np.random.default_rng(5)
    size = {node[:2]: float(draws.lognormal(16.5, 1.6)) for node in nodes}
    low_days = {node[:2]: float(draws.choice([14.0, 28.0, 45.0, 90.0])) for node in nodes}
    most = max(size.values())
    for at, plan in enumerate(plans):
        own = np.random.default_rng(50 + at)
        for kind, node, name, north, east in nodes:
            if own.uniform() < 0.12:
                continue
            low, high = low_days[kind, node], 2 * low_days[kind, node]
            part = float(own.choice([0.0, 1.0], p=[0.25, 0.75])) * float(own.uniform(0.3, 1.0)) * (0.7 if at == 1 else 1.0)
            loss = size[kind, node] * part
            survival = math.inf if own.uniform() < 0.15 and not part else float(own.uniform(0.0, low if part else 5 * high))
            survives = survival >= high
            loss = 0.0 if survives else loss
            rows.append((plan, kind, node, name, low, high, 0.35 * loss, loss, loss / 60.0, survival, loss / most, survives, north, east))
    rows.append((plans[0], "site", "unknown_place", None, None, None, None, None, None, None, None, None, None, None))
    return rows


def stressed_board(plans: tuple[str, ...] = PLANS, *, against: str = "global", months: int = 60, **changes: object) -> StressBoard:
    """A seeded StressBoard; `changes` replace its fields."""
    count, measures, differences, convergence = 10_000, [], [], []
    for at, plan in enumerate(plans):
        for name, (unit, size, spread, parts) in MEASURES.items():
            mean = size * parts[at % 4]
            wide = abs(size * spread)
            half = 1.96 * wide / count**0.5
            tail = -1.0 if name in SHARES else 1.0
            measures.append((plan, name, unit, mean, wide, mean - half, mean + half, mean + tail * 1.6 * wide, mean + tail * 2.1 * wide))
            if plan != against:
                gap = size * (parts[at % 4] - 1.0)
                half = abs(0.0117 * size * spread) + abs(gap) * 0.1
                differences.append((plan, against, name, unit, gap, gap - half, gap + half, abs(gap) > half))
        for name in ("fill_rate", "lost_margin"):
            unit, size, spread, parts = MEASURES[name]
            draws = np.random.default_rng(at)
            for many in np.linspace(500, count, 20).astype(int).tolist():
                half = 1.96 * size * spread / many**0.5
                mean = size * parts[at % 4] + float(draws.normal()) * half / 3
                convergence.append((plan, name, many, mean, mean - half, mean + half))
    draws = np.random.default_rng(9)
    base = {one: float(draws.lognormal(17.0, 1.3)) for one in HAZARDS}
    hazards = [
        (plan, one, title, int(draws.integers(1_000, 30_000)), float(draws.uniform(0.02, 0.9)), m / 40, m, 0.93 * m, 1.07 * m)
        for at, plan in enumerate(plans)
        for one, title in HAZARDS.items()
        for m in (base[one] * (1.0, 0.55, 0.9, 1.1)[at % 4] * float(draws.choice([0.0, 1.0, 1.3], p=[0.1, 0.5, 0.4])),)
    ]
    options = [
        (plan, "site", node, option, 14.0 if option == "buffer" else 0.5, "days" if option == "buffer" else "share", 4.0e7, 4.0e7 - saved, saved,
         cost, saved / cost if cost else None)
        for at, plan in enumerate(plans)
        for rank, node in enumerate(("debrecen", "jiangmen", "shanghai_pack", "nysa", "florence"))
        for option, saved, cost in (
            ("buffer", 3.0e7 / (1 + rank + 0.1 * at), 1.2e6 * (1 + rank)),
            ("standby", 1.9e7 / (1 + rank), None if rank % 2 else 8.8e6),
        )
    ]  # fmt: skip
    held: dict[str, object] = {
        "strategies": plans, "against": against, "currency": "USD", "unit": "kWh", "replications": count, "seed": 7,
        "events": 31_204, "step_days": 7, "method": "weekly", "first_day": date(2028, 1, 1), "last_day": date(2032, 12, 31), "period_id": "2030",
        "measures": frame("measures", measures), "differences": frame("differences", differences), "fans": frame("fans", _fans(plans, months)),
        "hazards": frame("hazards", hazards), "convergence": frame("convergence", convergence), "exposure": frame("exposure", _exposure(plans)),
        "options": frame("options", options), "notes": ("extra cost counts what activities start: it is no price of a disruption",),
    }  # fmt: skip
    return StressBoard(**(held | changes))  # type: ignore[arg-type]


def empty_stress(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(STRESS_FRAMES[name]))
