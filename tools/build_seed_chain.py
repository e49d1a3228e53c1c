"""Write the sample `seed_chain` from the reference CSVs: every figure is looked up there or stands in `seed_chain/assumed.py`.

    python tools/build_seed_chain.py --reference FOLDER [--out FOLDER]

The same reference folder always gives the same files, byte for byte.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

from seed_chain.making import making, needs_per_unit, opening_costs
from seed_chain.metals import contents, mined
from seed_chain.moving import moving
from seed_chain.places import places
from seed_chain.reference import Reference
from seed_chain.rules import rules
from seed_chain.stress import stress

from hinterland.tables import TABLES

OUT = Path(__file__).resolve().parents[1] / "src" / "hinterland" / "model" / "samples" / "seed_chain"
_NOTES = ("currency", "known_from", "source_id", "quality", "note")


def _cell(value: object) -> str:
    """Numbers with six significant digits, without an exponent; everything else as it is."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    rounded = float(f"{value:.6g}")
    return str(int(rounded)) if rounded == int(rounded) and abs(rounded) < 1e15 else f"{rounded:.12f}".rstrip("0")


def text(name: str, rows: list[dict[str, object]]) -> str:
    """A table as CSV: columns in declared order and only those that are filled, rows sorted by key."""
    declared = [column.name for column in TABLES[name].columns if column.name not in _NOTES]
    order = [*declared, *_NOTES]
    strange = {key for row in rows for key in row} - set(order)
    if strange:
        raise LookupError(f"{name} has no column {sorted(strange)}")
    cells = [{key: _cell(value) for key, value in row.items()} for row in rows]
    columns = [
        one for one in order if any(row.get(one) for row in cells) or (one in TABLES[name].keys and any(row.get(one) for row in cells))
    ]
    keys = [key for key in TABLES[name].keys if key in columns]

    def rank(row: dict[str, str]) -> list[tuple[int, float, str]]:
        return [
            (0, float(row.get(key) or 0), "") if key == "order" or key.startswith("years") else (1, 0.0, row.get(key, "")) for key in keys
        ]

    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    cells.sort(key=rank)
    writer.writerows(cells)
    return out.getvalue()


def sources(ref: Reference, tables: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    """One row for each source id that a row cites; several keys together are one id, as in the reference files."""
    told = ref.publishers()
    own = {
        "A": "Assumption of this sample, reason in the note",
        "C": "Computed from molar masses",
        "R": "Recalled public figure, not re-verified",
        "GEO": "GeoNames positions",
    }
    rows: list[dict[str, object]] = []
    for cited in sorted({str(row["source_id"]) for rows in tables.values() for row in rows if row.get("source_id")}):
        keys = cited.split(";")
        titles = [own.get(key) or ref.titles[key].split(" [")[0] for key in keys]
        rows.append(
            {
                "source_id": cited,
                "title": " | ".join(titles),
                "publisher": " | ".join(told.get(key, "") for key in keys) if len(keys) == 1 else "",
                "note": "" if len(keys) == 1 else f"together: {', '.join(keys)}",
            }
        )
    single = {str(row["source_id"]) for row in rows}
    rest = sorted({key for one in single for key in one.split(";")} - single)
    return rows + [
        {"source_id": key, "title": own.get(key) or ref.titles[key].split(" [")[0], "publisher": told.get(key, "")} for key in rest
    ]


def build(reference: Path) -> dict[str, str]:
    """File name to text."""
    ref = Reference(reference)
    tables = {**places(ref), **making(ref), **rules(ref)}
    opening_costs(tables)
    tables["contents"] = contents()
    mined(tables["processes"])
    peak = max(float(str(row["quantity"])) for row in tables["demand"])
    tables |= moving(ref, peak, needs_per_unit(tables))
    tables |= stress(ref, tables)
    tables["sources"] = sources(ref, tables)
    return {f"{name}.csv": text(name, rows) for name, rows in sorted(tables.items())}


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, required=True, help="folder of the reference CSVs")
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write")
    given = parser.parse_args()
    files = build(given.reference)
    given.out.mkdir(parents=True, exist_ok=True)
    for old in given.out.glob("*.csv"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (given.out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
