"""Write the packs that come with the package from the reference CSVs, each a folder of CSVs with a pack.toml.

    python tools/build_packs.py --reference FOLDER [--out FOLDER]

The same reference folder always gives the same files, byte for byte. Figures are looked up there, or assumed with the reason.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from build_seed_chain import sources, text
from seed_chain.reference import Reference
from world_packs import shocks, tariffs

OUT = Path(__file__).resolve().parents[1] / "src" / "hinterland" / "model" / "samples" / "packs"
PACKS = (
    tariffs.carbon_border, shocks.cobalt_quota, shocks.currency_move, tariffs.eu_uk_rules_2027, shocks.graphite_export_control, tariffs.loss_of_usmca,
    shocks.panama_closure, shocks.suez_closure, tariffs.us_china_tariffs_2024_2026, shocks.yuan_dearer,
)  # fmt: skip
MARK = "packs:"
"""Put before source ids, so that they are never those of a network."""


def build(reference: Path) -> dict[str, str]:
    """File name to text."""
    ref = Reference(reference)
    files: dict[str, str] = {}
    for make in PACKS:
        pack = make(ref)
        tables = dict(pack.tables)
        known = tariffs.shipped_sources()
        ours = {name: [row for row in rows if row.get("source_id") not in known] for name, rows in tables.items()}
        cited = [row for row in sources(ref, ours) if ";" not in str(row["source_id"])]
        cited += [known[key] for key in sorted({str(row.get("source_id")) for rows in tables.values() for row in rows} & set(known))]
        for rows in (*tables.values(), cited):
            for row in rows:
                if row.get("source_id"):
                    row["source_id"] = ";".join(f"{MARK}{key}" for key in str(row["source_id"]).split(";"))
        tables["sources"] = cited
        head = f"title = {json.dumps(pack.title, ensure_ascii=False)}\nabout = {json.dumps(pack.about, ensure_ascii=False)}\n"
        files[f"{pack.name}/pack.toml"] = head
        files |= {f"{pack.name}/{name}.csv": text(name, rows) for name, rows in sorted(tables.items())}
    return files


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, required=True, help="folder of the reference CSVs")
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write")
    given = parser.parse_args()
    files = build(given.reference)
    if given.out.is_dir():
        for old in sorted(given.out.iterdir()):
            if old.is_dir() and (old / "pack.toml").is_file():
                shutil.rmtree(old)
    for name, content in files.items():
        (given.out / name).parent.mkdir(parents=True, exist_ok=True)
        (given.out / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
