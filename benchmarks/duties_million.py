"""One million (lane × product × date) combinations through the duty engine, names as text and the book of rows unread.

Two worlds. `network`: 2,000 lanes of 50 products on 10 dates, as a plan asks. `distinct`: a million different combinations of
importer, origin, maker, tariff line, use, claim, day and value, drawn at random. 480 rows in 12 programmes, with switches, caps,
preferences, specific and carbon parts. The bar is 2 s. `python -m benchmarks.duties_million` prints the median of five.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, day_number
from hinterland.trade import Book, DutyRule, Entries, duty_amounts, words

__all__ = ["combinations", "duty_rows", "evaluate", "main"]

MILLION = 1_000_000
FIRST = day_number(date(2026, 1, 1))
COUNTRIES = [f"{one}{two}" for one in "ABCDEFGH" for two in "ABCDEFGH"][:60]
PROGRAMMES = ("mfn", "preference", "surcharge", "anti_dumping", "cars", "carbon", "levy", "retaliation", "net", "cap", "safeguard", "other")


def duty_rows(rows: int = 480, seed: int = 7) -> list[DutyRule]:
    """Rows of every kind, drawn at random."""
    rng = np.random.default_rng(seed)
    found = []
    for at in range(rows):
        programme = PROGRAMMES[at % len(PROGRAMMES)]
        first = FAR_PAST if rng.random() < 0.3 else FIRST + int(rng.integers(-400, 3000))
        found.append(
            DutyRule(
                f"row_{at:03d}",
                programme,
                None if rng.random() < 0.1 else frozenset(rng.choice(COUNTRIES, rng.integers(1, 28)).tolist()),
                None if rng.random() < 0.3 else frozenset(rng.choice(COUNTRIES, rng.integers(1, 6)).tolist()),
                str(rng.choice(["", "28", "38", "85", "8507", "850760", "8507600010", "2841", "284190", "3801"])),
                float(rng.choice([0.0, 0.027, 0.034, 0.1, 0.25])),
                float(rng.choice([0.0, 0.0, 0.0, 0.4])),
                80.0 if programme == "carbon" else 0.0,
                {"preference": "replace", "net": "net_of_mfn", "cap": "cap_all_in"}.get(programme, "add"),
                frozenset({"surcharge", "levy"}) if programme == "cars" else frozenset(),
                None if rng.random() < 0.9 else f"maker_{rng.integers(0, 20)}",
                "auto_part" if programme == "cars" else None,
                "agreement" if programme == "preference" else None,
                "agreement" if programme == "levy" else None,
                first,
                FAR_FUTURE if rng.random() < 0.4 else max(first, FIRST) + int(rng.integers(30, 2000)),
            )
        )
    return found


def combinations(world: str, seed: int = 11) -> pl.DataFrame:
    """A million combinations as a frame of text and numbers."""
    rng = np.random.default_rng(seed)
    codes = [f"{rng.choice(['8507600010', '8507600030', '8507900000', '2841905000', '3801105000'])[:6]}{n:04d}" for n in range(600)]
    if world == "network":
        lane, good, when = (one.ravel() for one in np.meshgrid(np.arange(2000), np.arange(50), np.arange(10), indexing="ij"))
        importer, origin, maker = (rng.integers(0, n, 2000)[lane] for n in (60, 60, 40))
        line, use, claim = (rng.integers(0, n, 50)[good] for n in (600, 2, 2))
        day, value = FIRST + 365 * when, rng.uniform(1, 500, 50)[good]
    else:
        importer, origin, maker, line, use, claim = (rng.integers(0, n, MILLION) for n in (60, 60, 40, 600, 2, 2))
        day, value = FIRST + rng.integers(0, 3650, MILLION), rng.uniform(1, 500, MILLION)

    def named(names: list[str | None], at: np.ndarray) -> pl.Series:
        return pl.Series(names, dtype=pl.String).gather(at)

    return pl.DataFrame(
        {
            "importer": named(list(COUNTRIES), importer),
            "origin": named(list(COUNTRIES), origin),
            "producer": named([f"maker_{one}" for one in range(40)], maker),
            "hs_code": named(list(codes), line),
            "use": named([None, "auto_part"], use),
            "claim": named([None, "agreement"], claim),
            "day": day,
            "customs_value": value,
            "net_kg": value / 10,
            "declared_co2e_kg": value * 2,
        }
    )


def evaluate(rows: list[DutyRule], frame: pl.DataFrame) -> tuple[float, np.ndarray]:
    """Seconds from rows and text to a million duties, and the duties."""
    began = time.perf_counter()
    claims = words(frame["claim"])
    entries = Entries(
        importer=words(frame["importer"]),
        origin=words(frame["origin"]),
        hs_code=words(frame["hs_code"]),
        day=frame["day"].to_numpy(),
        customs_value=frame["customs_value"].to_numpy(),
        net_kg=frame["net_kg"].to_numpy(),
        declared_co2e_kg=frame["declared_co2e_kg"].to_numpy(),
        use=words(frame["use"]),
        producer=words(frame["producer"]),
        claims=type(claims)([frozenset() if name is None else frozenset({name}) for name in claims.names], claims.at),
    )
    due = duty_amounts(Book.of(rows), entries)
    return time.perf_counter() - began, due


def main(repeats: int = 5) -> dict[str, float]:
    """Print and return the median seconds of each world."""
    rows, told = duty_rows(), {}
    for world in ("network", "distinct"):
        frame = combinations(world)
        kinds = frame.select("importer", "origin", "producer", "hs_code", "use", "claim", "day").n_unique()
        runs = [evaluate(rows, frame) for _ in range(repeats)]
        told[world] = statistics.median(seconds for seconds, _ in runs)
        best = min(seconds for seconds, _ in runs)
        due = float((runs[0][1] > 0).mean())
        sys.stdout.write(
            f"{frame.height:,} {world} combinations ({kinds:,} different, {due:.0%} pay a duty): {told[world]:.2f} s "
            f"(median of {repeats}; best {best:.2f})\n"
        )
    return told


if __name__ == "__main__":
    main()
