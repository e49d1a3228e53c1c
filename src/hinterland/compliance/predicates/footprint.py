"""Carbon footprint per unit of service: the draft method of the EU Battery Regulation, behind a draft rule that is off by default.

E_total = usable kWh · full cycles a year · years; footprint = Σ stages kgCO2e / E_total. Source: draft delegated act
Ares(2024)3131389 and JRC rules 2023 (method EU-CFB-EV-draft-2024-04); Annex II has four stages, use excluded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hinterland.compliance.findings import Finding, Row, Status, judged
from hinterland.embodied.burdens import burdens_of

if TYPE_CHECKING:
    from hinterland.compliance.audited import Asked, Audited
    from hinterland.core.calendar import Floats

__all__ = ["Footprint", "carbon_footprint_declaration", "declared"]


class Footprint(NamedTuple):
    """A footprint in both units: kWh served over the life, and kgCO2e per such kWh and per kWh of capacity."""

    served_kwh: float
    kg_per_kwh_served: float
    kg_per_kwh_capacity: float


def declared(stages_kg: Floats, usable_kwh: float, cycles_per_year: float, years: float) -> Footprint:
    """Footprint of one battery; `stages_kg` has shape (stages,).

    >>> f = declared(np.array([3600.0, 1800.0, 180.0, -300.0]), 75, 60, 8)
    >>> f.served_kwh, round(f.kg_per_kwh_served, 5), round(f.kg_per_kwh_capacity, 1)
    (36000.0, 0.14667, 70.4)
    """
    served = float(usable_kwh * cycles_per_year * years)
    total = float(np.sum(stages_kg))
    return Footprint(served, total / served, total / usable_kwh)


def _per_unit(w: Audited, main: frozenset[str]) -> Floats:
    """kgCO2e that a unit leaving each pool in use carries, of raw materials and of main production; shape (pools in use, 2)."""

    def find() -> Floats:
        laid = burdens_of(w.a, w.placed, w.accounts, w.chain).co2e
        basis = "kg_market" if w.a.settings.electricity_basis == "market" else "kg_location"
        product = np.array(w.a.products.ids, dtype=object)[w.product_of(w.chain.cell)]
        inside = np.isin(product, list(main)) if len(product) else np.zeros(0, dtype=bool)
        at = laid["at"].to_numpy()
        counts = inside[at] & laid["cause"].is_in(["electricity", "heat", "direct"]).to_numpy()
        burdens = np.zeros((len(w.chain.cell), 2))
        np.add.at(burdens, (at, counts.astype(np.int64)), laid[basis].to_numpy())
        return w.system.per_unit(burdens)

    return w.once(("footprint", main), find)


def _moved(w: Audited) -> Floats:
    """kgCO2e of moving a unit that leaves each cell on to where it is delivered or used up, as such; shape (cells,)."""

    def find() -> Floats:
        import scipy.sparse
        from scipy.sparse.linalg import splu

        m = w.mixing
        lanes = w.a.flows.rates.co2e_kg_per_unit
        lane = m.move_lane >= 0
        period = m.move_source % w.periods
        kg = np.where(lane, lanes[np.maximum(m.move_lane, 0), period], 0.0)
        out = np.bincount(m.move_source, m.move, m.cells) + np.bincount(m.take_cell, m.take, m.cells) + w.delivered
        last = np.where(out > 0, out, 1.0)
        part = m.move / last[m.move_source]
        grid = scipy.sparse.csc_array((part, (m.move_source, m.move_target)), shape=(m.cells, m.cells))
        spent = np.bincount(m.move_source, part * kg, m.cells)
        return np.asarray(splu((scipy.sparse.eye_array(m.cells, format="csc") - grid).tocsc()).solve(spent))

    return w.once("moved on", find)


def carbon_footprint_declaration(w: Audited, asked: Asked) -> list[Finding]:
    """Judge kgCO2e per kWh of total energy over the life, per product, plant and period.

    Met where it can be declared, and at most `rule.threshold` where there is one; `rule.subject` names the products of main
    production.
    """
    rule = asked.rule
    main = w.scopes.products(rule.subject or rule.product) or frozenset()
    lives = {row["product_id"]: row for row in w.net["service_lives"].iter_rows(named=True)}
    found = []
    for cell in w.makers(rule, asked.period).tolist():
        product = w.a.products.ids[int(w.product_of(np.array([cell]))[0])]
        life = lives.get(product)
        if life is None:
            missing = Row("service_lives", f"product_id={product}", contributes="missing: usable energy, cycles and years")
            note = f"service_lives has no row of {product}: add usable energy, full cycles a year and years"
            found.append(Finding(w.name(cell), "not_enough_data", None, rule.threshold, None, "kgCO2e/kWh served", note, (missing,)))
            continue
        found.append(_declared(w, asked, cell, life, frozenset(main)))
    return found


def _declared(w: Audited, asked: Asked, cell: int, life: dict[str, float | None], main: frozenset[str]) -> Finding:
    at = int(w.chain.at(np.array([cell]))[0])
    raw, own = _per_unit(w, main)[at] if at >= 0 else (0.0, 0.0)
    end = life["end_of_life_co2e_kg_per_unit"]
    stages = {
        "raw material acquisition and pre-processing": float(raw),
        "main product production": float(own),
        "distribution": float(_moved(w)[cell]),
        "end of life and recycling": float(end or 0.0),
    }
    kg = np.array(list(stages.values()))
    found = declared(kg, float(life["usable_kwh_per_unit"] or 0), float(life["full_cycles_per_year"] or 0), float(life["life_years"] or 0))
    limit = asked.rule.threshold
    status: Status
    margin: float | None
    status, value, margin = (
        ("met", found.kg_per_kwh_served, None)
        if limit is None
        else judged(found.kg_per_kwh_served, found.kg_per_kwh_served, limit, least=False)
    )
    shares = ", ".join(f"{name} {amount / kg.sum():.0%}" for name, amount in stages.items()) if kg.sum() > 0 else ""
    note = (
        f"{found.kg_per_kwh_served:.5f} kgCO2e per kWh served ({found.served_kwh:,.0f} kWh over the life) = "
        f"{found.kg_per_kwh_capacity:.1f} kgCO2e per kWh of capacity; {shares}; draft method EU-CFB-EV-draft-2024-04"
    )
    if end is None:
        note += "; end of life is not said (service_lives.end_of_life_co2e_kg_per_unit)"
        status = "not_enough_data"
    keys = w.keys(cell)
    rows = tuple(Row("plan outputs", keys, amount, "kgCO2e/unit", contributes=f"stage: {name}") for name, amount in stages.items())
    lived = Row("service_lives", f"product_id={life['product_id']}", found.served_kwh, "kWh", found.kg_per_kwh_capacity, "kgCO2e/kWh capacity",
                "energy served over the life, and the footprint per kWh of capacity")  # fmt: skip
    return Finding(w.name(cell), status, value, limit, margin, "kgCO2e/kWh served", note, (lived, *rows))
