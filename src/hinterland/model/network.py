"""The network: checked tables, a world and a strategy applied to them, and the few facts everything asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from hinterland.core.calendar import Calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from hinterland.model.packs import Pack

__all__ = ["Network", "Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings table, typed. Money is in `currency` of `price_year`; dates steer what is known and decidable."""

    name: str = "network"
    currency: str = "USD"
    price_year: int = 2026
    base_date: date = date(2026, 1, 1)
    decision_date: date = date(2026, 1, 1)
    knowledge_date: date | None = None
    discount_rate_share: float = 0.08
    carbon_price_per_t: float = 0.0
    objective: tuple[str, ...] = ("shortage", "cost")
    objective_tolerance_share: float = 0.0
    perspective: str = "system"
    electricity_basis: str = "market"
    terminal_stock: str = "cover"
    origin_accounting: str = "average"


def read_settings(values: Mapping[str, str]) -> Settings:
    """Type the key/value pairs of the settings table; base_date and decision_date stand in for each other's absence."""
    typed: dict[str, object] = {}
    for key, text in values.items():
        kind = Settings.__annotations__.get(key)
        if kind is None or text is None or not text.strip():
            continue
        if key == "objective":
            typed[key] = tuple(part.strip() for part in text.split(",") if part.strip())
        elif "date" in str(kind):
            typed[key] = date.fromisoformat(text.strip())
        elif kind == "float":
            typed[key] = float(text)
        elif kind == "int":
            typed[key] = int(text)
        else:
            typed[key] = text.strip()
    if "decision_date" not in typed and "base_date" in typed:
        typed["decision_date"] = typed["base_date"]
    return Settings(**typed)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, repr=False)
class Network:
    """Every declared table, typed and complete; `scenarios` says what has been applied to it.

    `tables` of an unresolved network are as read. `resolve` (scenario.py) applies overrides, drops rows not known at
    the knowledge date and converts money to `settings.currency`; engines work on resolved networks alone. `packs` are those
    that lie beside the network's tables.
    """

    tables: Mapping[str, pl.DataFrame]
    scenarios: tuple[str, ...] = ()
    resolved: bool = False
    digest: str = ""
    base: Mapping[str, pl.DataFrame] | None = None
    packs: Mapping[str, Pack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the mapping: facts do not change, a scenario makes a copy."""
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))

    def __repr__(self) -> str:
        """One line: its world and how many rows, not the rows."""
        filled = {name: frame.height for name, frame in self.tables.items() if frame.height}
        world = " + ".join(self.scenarios) or ("the plain tables" if self.resolved else "as read")
        return f"Network({self.settings.name!r}, {world}; {len(filled)} tables, {sum(filled.values()):,} rows)"

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return one table."""
        return self.tables[table]

    @property
    def settings(self) -> Settings:
        """The settings, typed."""
        frame = self.tables["settings"]
        return read_settings(dict(zip(frame["key"].to_list(), frame["value"].to_list(), strict=True)))

    @property
    def calendar(self) -> Calendar:
        """The planning periods in order of time."""
        settings, rows = self.settings, self.tables["periods"]
        return Calendar.of(
            list(rows.select("period_id", "start_date", "end_date").iter_rows()),
            settings.base_date,
            settings.discount_rate_share,
        )
