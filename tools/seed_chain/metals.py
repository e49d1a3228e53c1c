"""What materials hold of cobalt, lithium and nickel, by molar mass; cells and packs hold what their recipes put in."""

from __future__ import annotations

__all__ = ["contents", "mined"]

Row = dict[str, object]
_ATOM = {"H": 1.008, "Li": 6.94, "O": 15.999, "S": 32.06, "C": 12.011, "Mn": 54.938, "Co": 58.933, "Ni": 58.693}
"""Standard atomic weights, g/mol."""
_FORMULA: dict[str, dict[str, float]] = {
    "lithium_carbonate": {"Li": 2, "C": 1, "O": 3},
    "lithium_hydroxide": {"Li": 1, "O": 2, "H": 3},
    "nickel_sulphate": {"Ni": 1, "S": 1, "O": 10, "H": 12},
    "cobalt_sulphate": {"Co": 1, "S": 1, "O": 11, "H": 14},
    "nickel_class1": {"Ni": 1},
    "pcam_nmc811": {"Ni": 0.8, "Co": 0.1, "Mn": 0.1, "O": 2, "H": 2},
    "cam_nmc811": {"Li": 1, "Ni": 0.8, "Co": 0.1, "Mn": 0.1, "O": 2},
}
_ASSAYED = (
    ("cobalt_hydroxide", "Co", 0.35, ""),
    ("nickel_mhp", "Ni", 0.39, "its cobalt is left out"),
    ("spodumene_sc6", "Li", 0.06 * 13.88 / 29.879, "6 % Li2O"),
)


def contents() -> list[Row]:
    """Kilograms of an element in a kilogram of each material."""
    rows: list[Row] = []
    for product, formula in _FORMULA.items():
        whole = sum(count * _ATOM[atom] for atom, count in formula.items())
        rows += [
            {
                "product_id": product,
                "element": atom,
                "mass_kg_per_unit": formula[atom] * _ATOM[atom] / whole,
                "source_id": "C",
                "quality": "derived",
            }
            for atom in ("Co", "Li", "Ni")
            if atom in formula
        ]
    rows += [
        {"product_id": product, "element": atom, "mass_kg_per_unit": share, "source_id": "C", "quality": "derived", "note": note}
        for product, atom, share, note in _ASSAYED
    ]
    return rows


def mined(processes: list[Row]) -> None:
    """Lines without inputs bring metal out of the ground: none of it is recovered."""
    holding = {row["product_id"] for row in contents()}
    for row in processes:
        if row.get("product_id") in holding:
            row["recycled_share"] = 0.0
