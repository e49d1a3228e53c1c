"""One plan judged in its own world: the accounts and the roll-up that every key figure is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue, UnequalPlans
from hinterland.embodied import trace
from hinterland.model.accounts import account
from hinterland.model.scenario import resolve
from hinterland.model.scopes import place_names
from hinterland.model.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.embodied import TraceResult
    from hinterland.model.accounts import Accounts
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.model.verify import VerifyReport

__all__ = ["EQUAL", "Judged", "check_equal", "judge"]

EQUAL = 1e-6
"""Quantities that differ by less than this share of the larger are equal."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan in its resolved network.

    `products`: product_id, stage (the product's own name where none is given), unit, gross_t_per_unit, net_t_per_unit.
    `places`: site_id, country, territory, region. `delivered`: site_id, product_id, region, unit, quantity over the horizon.
    """

    name: str
    net: Network
    plan: Plan
    books: Accounts
    carried: TraceResult
    checked: VerifyReport
    products: pl.DataFrame
    places: pl.DataFrame
    delivered: pl.DataFrame

    @property
    def units(self) -> float:
        """Units delivered over the horizon, of every product."""
        return float(self.delivered["quantity"].sum())

    @property
    def penalties(self) -> float:
        """Shortage cost and penalties of broken soft policies, undiscounted: they steer, and are no real cost."""
        return float(self.checked.steering["amount"].sum())

    @property
    def home(self) -> list[str]:
        """Regions of delivery, sorted."""
        return sorted(self.delivered["region"].drop_nulls().unique().to_list())


def judge(net: Network, name: str, plan: Plan) -> Judged:
    """Account for a plan and roll it up, in the scenario it was made under. Raises InvalidScenario, InvalidTables."""
    world = resolve(net, plan.scenarios)
    products = (
        world["products"]
        .select(
            "product_id",
            "unit",
            stage=pl.coalesce(pl.when(pl.col("stage") != "").then("stage"), "product_id"),
            gross_t_per_unit=pl.coalesce("gross_mass_kg_per_unit", "mass_kg_per_unit", 0.0) / 1000.0,
            net_t_per_unit=pl.col("mass_kg_per_unit").fill_null(0.0) / 1000.0,
        )
        .sort("product_id")
    )
    places = place_names(world)
    delivered = (
        plan["delivered"]
        .group_by("site_id", "product_id")
        .agg(pl.col("quantity").sum())
        .join(places.select("site_id", "region"), on="site_id", how="left")
        .join(products.select("product_id", "unit"), on="product_id", how="left")
        .select("site_id", "product_id", "region", "unit", "quantity")
        .sort("site_id", "product_id")
    )
    return Judged(name, world, plan, account(world, plan), trace(world, plan), verify(world, plan), products, places, delivered)


def check_equal(plans: Sequence[Judged]) -> None:
    """Compare what each site is delivered of each product over the horizon with the first plan's; 1e-6 relative.

    Raises UnequalPlans with every site, product and strategy that differ, and by how much.
    """
    first, *others = plans
    keys = ["site_id", "product_id"]
    issues = []
    for other in others:
        both = first.delivered.select(*keys, "unit", here="quantity").join(
            other.delivered.select(*keys, "unit", there="quantity"), on=keys, how="full", coalesce=True
        )
        both = both.with_columns(pl.col("here", "there").fill_null(0.0), unit=pl.coalesce("unit", "unit_right")).sort(keys)
        apart = both.filter(
            (pl.col("here") - pl.col("there")).abs() > EQUAL * pl.max_horizontal(pl.col("here").abs(), pl.col("there").abs())
        )
        issues += [
            Issue(
                "delivered",
                None,
                "quantity",
                "unequal_delivery",
                what=f"{other.name} delivers {there:g} {unit} of {product} to {site}, {first.name} {here:g}: {_apart(here, there)}",
                why="cost, CO2e and risk of plans can be compared only where they deliver the same",
                fix=f"give both the same demand, or look for what keeps {other.name if there < here else first.name} short of {product}",
            )
            for site, product, unit, here, there in apart.select(*keys, "unit", "here", "there").iter_rows()
        ]
    if issues:
        raise UnequalPlans(issues)


def _apart(here: float, there: float) -> str:
    words = "more" if there > here else "less"
    share = f" ({abs(there - here) / here:.2%})" if here > 0 else ""
    return f"{abs(there - here):g} {words}{share}"
