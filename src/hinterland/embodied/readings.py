"""First readings of a trace: averages over what was delivered, by stage, cause, kind, mode and origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.embodied.tracing import TraceResult

__all__ = ["co2e_by_stage_and_cause", "cost_by_kind", "kilometres", "origin_by_country", "origin_by_region", "origin_by_site"]

_KEYS = ["site_id", "product_id", "period_id"]


def _mean(trace: TraceResult, frame: pl.DataFrame, by: Sequence[str], labels: list[str]) -> pl.DataFrame:
    """Means per unit delivered, weighted by quantity, of each product and `by` (of site_id, period_id); sorted."""
    values = [name for name in frame.columns if name.endswith("per_unit")]
    groups = ["product_id", *(name for name in by if name != "product_id")]
    weight = trace.delivered.with_columns(whole=pl.col("quantity").sum().over(groups)).select(
        *_KEYS, weight=pl.col("quantity") / pl.col("whole")
    )
    rows = frame.join(weight, on=_KEYS, how="left")
    return rows.group_by([*groups, *labels]).agg((pl.col(values) * pl.col("weight")).sum()).sort([*groups, *labels])


def co2e_by_stage_and_cause(trace: TraceResult, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """kgCO2e per delivered unit: product_id, [by], stage, cause, kg_market_per_unit, kg_location_per_unit."""
    return _mean(trace, trace.co2e, by, ["stage", "cause"])


def cost_by_kind(trace: TraceResult, *, by: Sequence[str] = (), stages: bool = False) -> pl.DataFrame:
    """Real undiscounted money per delivered unit: product_id, [by], [stage], kind, per_unit."""
    return _mean(trace, trace.costs, by, ["stage", "kind"] if stages else ["kind"])


def kilometres(trace: TraceResult, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """How far a unit and all in it came, gross tonnes of the whole chain: product_id, [by], tkm_per_unit, t_per_unit, km_mean, ….

    km_mean = Σ t·km / Σ t; days_mean and borders_mean likewise. `by` also takes stage, mode_chain and passage.
    """
    labels = [name for name in by if name in ("stage", "mode_chain", "passage")]
    rows = _mean(trace, trace.transport, [name for name in by if name not in labels], labels)
    t = pl.col("t_per_unit")
    means = {"km_mean": "tkm_per_unit", "days_mean": "t_days_per_unit", "borders_mean": "border_t_per_unit"}
    return rows.with_columns(pl.when(t > 0).then(pl.col(value) / t).alias(name) for name, value in means.items())


def _origin(trace: TraceResult, place: str, by: Sequence[str]) -> pl.DataFrame:
    rows = _mean(trace, trace.origins, by, ["of_product", place])
    groups = [name for name in rows.columns if name not in (place, "quantity_per_unit")]
    return rows.with_columns(share=pl.col("quantity_per_unit") / pl.col("quantity_per_unit").sum().over(groups))


def origin_by_site(trace: TraceResult, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Makers of every upstream product in a delivered unit: product_id, [by], of_product, origin_site, quantity_per_unit, share.

    A null site is a purchase outside the modelled tiers or an opening stock; shares add to 1 per upstream product.
    """
    return _origin(trace, "origin_site", by)


def origin_by_country(trace: TraceResult, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Countries of every upstream product in a delivered unit; null where a purchase does not say: see `origin_by_site`."""
    return _origin(trace, "origin_country", by)


def origin_by_region(trace: TraceResult, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Regions of every upstream product in a delivered unit; null where a purchase does not say: see `origin_by_site`."""
    return _origin(trace, "origin_region", by)
