"""One million lane rows with the six other tables: how long reading and checking takes, by kind of source.

500 sites, 20 products, years 2026–2035. The bar is 2 s. `python -m benchmarks.read_million` prints the median of five.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.tables import check_tables, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["main", "million_lanes", "read_and_check"]

SITES, PRODUCTS, LANES, YEARS = 500, 20, 1_000_000, 10


def million_lanes(lanes: int = LANES, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Frames of the seven needed tables and countries; sites are on land between 30° and 45° north."""
    rng = np.random.default_rng(seed)
    sites = [f"site_{at:03d}" for at in range(SITES)]
    goods = [f"good_{at:02d}" for at in range(PRODUCTS)]
    starts = rng.integers(0, SITES, lanes)
    ends = (starts + rng.integers(1, SITES, lanes)) % SITES
    names = np.array(sites)
    settings = {"currency": "USD", "base_date": "2026-01-01", "discount_rate_share": "0.08"}
    years = range(2026, 2026 + YEARS)
    return {
        "settings": pl.DataFrame({"key": list(settings), "value": list(settings.values())}),
        "periods": pl.DataFrame(
            {
                "period_id": [str(year) for year in years],
                "start_date": [date(year, 1, 1) for year in years],
                "end_date": [date(year, 12, 31) for year in years],
            }
        ),
        "countries": pl.DataFrame({"country": ["US"], "region": ["north_america"]}),
        "products": pl.DataFrame({"product_id": goods, "unit": "kg", "mass_kg_per_unit": 1.0}),
        "sites": pl.DataFrame(
            {
                "site_id": sites,
                "country": "US",
                "latitude": rng.uniform(35, 45, SITES).round(3),
                "longitude": rng.uniform(-110, -90, SITES).round(3),
            }
        ),
        "processes": pl.DataFrame(
            {"site_id": sites, "product_id": [goods[at % PRODUCTS] for at in range(SITES)], "capacity_per_year": 1e6}
        ),
        "demand": pl.DataFrame(
            {
                "site_id": [site for site in sites for _ in years],
                "product_id": [goods[(at + 1) % PRODUCTS] for at in range(SITES) for _ in years],
                "period_id": [str(year) for _ in sites for year in years],
                "quantity": 1000.0,
            }
        ),
        "lanes": pl.DataFrame(
            {
                "lane_id": [f"lane_{at:07d}" for at in range(lanes)],
                "from_site": names[starts],
                "to_site": names[ends],
                "product_id": np.array(goods)[rng.integers(0, PRODUCTS, lanes)],
                "distance_km": rng.uniform(50, 9000, lanes).round(1),
                "lead_time_days": rng.uniform(1, 40, lanes).round(1),
                "cost_per_unit": rng.uniform(0.01, 2, lanes).round(4),
                "co2e_kg_per_unit": rng.uniform(0.001, 1, lanes).round(5),
            }
        ),
    }


def read_and_check(source: Path | Mapping[str, pl.DataFrame]) -> float:
    """Seconds for one reading and checking; the tables must be clean."""
    began = time.perf_counter()
    tables, issues = read_tables(source)
    issues += check_tables(tables)
    seconds = time.perf_counter() - began
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors or tables["lanes"].height != LANES:
        raise AssertionError(f"the benchmark's tables are not clean: {errors[:3]}")
    return seconds


def main(repeats: int = 5) -> dict[str, float]:
    """Print and return the median seconds of `repeats` readings of each kind of source."""
    frames, told = million_lanes(), {}
    with tempfile.TemporaryDirectory() as folder:
        csv, parquet = Path(folder) / "csv", Path(folder) / "parquet"
        csv.mkdir()
        parquet.mkdir()
        for name, frame in frames.items():
            frame.write_csv(csv / f"{name}.csv")
            frame.write_parquet(parquet / f"{name}.parquet")
        for kind, source in (("csv", csv), ("parquet", parquet), ("frames", frames)):
            seconds = [read_and_check(source) for _ in range(repeats)]
            told[kind] = statistics.median(seconds)
            sys.stdout.write(f"{LANES} lanes from {kind}: {told[kind]:.2f} s (median of {repeats}; best {min(seconds):.2f})\n")
    return told


if __name__ == "__main__":
    main()
