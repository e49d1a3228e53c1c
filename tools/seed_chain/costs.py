"""Prices netted back from published ones, and the energy of refining, that several tables need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.places import power_price
from seed_chain.reference import Fact

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["LI_CARBONATE", "LI_HYDROXIDE", "MJ", "Costs", "cited"]

MJ = 1.0 / 3.6
LI_CARBONATE, LI_HYDROXIDE = "lithium_carbonate", "lithium_hydroxide"


def cited(*facts: Fact) -> str:
    """Source keys of several figures, each once."""
    return ";".join(dict.fromkeys(key for fact in facts for key in fact.source.split(";") if key))


@dataclass
class Costs:
    """Prices and factors that several rows need, each with its provenance."""

    ref: Reference
    prices: dict[str, Fact] = field(default_factory=dict)

    def power(self, zone: str) -> Fact:
        """Industrial power price, USD/kWh."""
        return power_price(self.ref, zone)

    def grid24(self, country: str) -> Fact:
        """Grid factor that the published footprints were calculated with."""
        return self.ref.fact("grid", zone=country, metric="grid_carbon_intensity", year="2024") * 0.001

    def __post_init__(self) -> None:
        """Net every raw material back from the published price of its next product: one world price wherever it is mined."""
        ref, p = self.ref, self.prices
        gas = A.gas_price["CN"]
        p["nickel_sulphate"] = ref.process("niso4_6h2o", "price China")
        p["cobalt_sulphate"] = ref.process("coso4_7h2o", "price China").at_low
        p["cobalt_sulphate"] = Fact(p["cobalt_sulphate"].value, "estimated", p["cobalt_sulphate"].source)
        p[LI_CARBONATE] = ref.process("li2co3", "price China mid 2025")
        p[LI_HYDROXIDE] = Fact((p[LI_CARBONATE] * A.lithium_parity).value, "derived", p[LI_CARBONATE].source)
        kwh, heat = self.nickel_energy()
        spent = A.nickel_conversion + kwh * self.power("CN") + heat * gas
        content = ref.bom("niso4_6h2o", "ni (contained)")
        per_nickel = (p["nickel_sulphate"] - spent) / (content.value * ref.bom("ni in niso4", "ni in mhp").value)
        p["nickel_mhp"] = per_nickel * A.mhp_nickel_share.value
        p["nickel_class1"] = (p["nickel_sulphate"] - A.dissolution_conversion) / (content.value / A.dissolution_yield.value)
        kwh, heat = self.cobalt_energy()
        spent = A.cobalt_conversion + kwh * self.power("CN") + heat * gas
        p["cobalt_hydroxide"] = (p["cobalt_sulphate"] - spent) / self.cobalt_hydroxide_need().value
        p["spodumene_sc6"] = (p[LI_HYDROXIDE] - ref.process("lioh_h2o", "conversion cost (China)")) / ref.bom(
            "lioh_h2o", "spodumene_concentrate_6pct"
        ).value
        p["graphite_flake"] = A.flake_price
        p["anode_graphite"] = ref.process("graphite_synthetic", "all-in cost (China)")
        p["pcam_nmc811"] = ref.process("pcam_nmc811", "price China").at_low
        p["cam_nmc811"] = ref.process("cam_nmc811", "price China").at_low
        p["cell_nmc811"] = ref.process("cell", "price cell")
        p["pack"] = ref.process("pack", "price pack all segments")

    def nickel_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat of a kg of nickel sulphate from mixed hydroxide, kWh."""
        return (
            self.ref.process("niso4_6h2o (from MHP)", "electricity"),
            self.ref.process("niso4_6h2o (from MHP)", "heat") * MJ,
        )

    def _per_heptahydrate(self) -> float:
        """Kg of anhydrous cobalt sulphate with the cobalt of one kg of heptahydrate."""
        anhydrous = float(self.ref.row("bom", output="coso4 (0.38 Co)", input="cobalt_hydroxide (DRC)")["output"].split("(")[1].split()[0])
        return self.ref.bom("coso4_7h2o", "co (contained)").value / anhydrous

    def cobalt_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat of a kg of cobalt sulphate heptahydrate, kWh."""
        part = self._per_heptahydrate()
        return self.ref.process("coso4", "electricity") * part, self.ref.process("coso4", "heat (steam)") * (MJ * part)

    def cobalt_hydroxide_need(self) -> Fact:
        """Kg of crude cobalt hydroxide per kg of cobalt sulphate heptahydrate."""
        return self.ref.bom("coso4 (0.38 Co)", "cobalt_hydroxide (DRC)") * self._per_heptahydrate()

    def spodumene_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat of a kg of lithium hydroxide from spodumene, kWh."""
        total = self.ref.process("lioh_h2o (spodumene, China)", "total final energy") * MJ
        return total * (A.lithium_heat_part * -1.0 + 1.0), total * A.lithium_heat_part

    def carbonate_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat (with diesel) of a kg of lithium hydroxide from carbonate, kWh."""
        step = "lioh (from li2co3)"
        heat = self.ref.process(step, "heat (conversion step)") + self.ref.process(step, "diesel")
        return self.ref.process(step, "electricity (conversion step)"), heat * MJ

    def carbonate_yield(self) -> Fact:
        """Stoichiometric over reported carbonate input."""
        return self.ref.bom("lioh_h2o", "li2co3") / self.ref.bom("lioh (battery grade)", "li2co3")
