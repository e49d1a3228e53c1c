"""Plans side by side: compare and render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hinterland.core.errors import HinterlandError
from hinterland.model.plan import Plan
from hinterland.store import Run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from hinterland.comparison import Board
    from hinterland.design import DesignResult
    from hinterland.model.network import Network

__all__ = ["compare", "proof_of", "render"]


def proof_of(result: DesignResult | Run) -> dict[str, object]:
    """What a report says of how a plan was found and proved, from a design or from a run folder."""
    if not isinstance(result, Run):
        proof = result.proof
        told = {key: getattr(proof, key) for key in ("status", "gap_share", "input_digest", "seconds", "seed")}
        checked = {"verified": proof.verify.ok, "verify_max_relative_error": proof.verify.max_relative_error}
        return told | checked | {"versions": dict(proof.versions), "size": dict(proof.size), "objective": list(result.objective)}
    kept = result.manifest
    keys = ("status", "gap_share", "verified", "verify_max_relative_error", "input_digest", "seconds", "seed", "versions", "size")
    return {key: kept.get(key) for key in keys} | {"objective": [(one["name"], one["value"]) for one in kept.get("objective", [])]}


def _plan_of(one: Plan | DesignResult | Run) -> Plan:
    return one if isinstance(one, Plan) else one.plan


def compare(
    net: Network,
    plans: Mapping[str, Plan | DesignResult | Run],
    *,
    against: str | None = None,
    price_of: Mapping[str, Plan | DesignResult | Run] | None = None,
) -> Board:
    """Key figures and bridges of plans that deliver the same, each judged in the scenario it was made under.

    Designs and runs bring their proof along; a bare plan is judged without one. `against` names the baseline (default:
    the first); `price_of` gives for a strategy the same strategy without its exclusivity, whose price is then stated.
    Raises HinterlandError where plans deliver different quantities or there is none.
    """
    from hinterland.comparison import compare as side_by_side

    if not plans:
        raise HinterlandError("there is nothing to compare: name at least one plan")
    bare = {name: _plan_of(one) for name, one in plans.items()}
    proofs = {name: proof_of(one) for name, one in plans.items() if not isinstance(one, Plan)}
    freed = {name: _plan_of(one) for name, one in (price_of or {}).items()}
    return side_by_side(net, bare, proofs=proofs, against=against, price_of=freed)


def render(board: Board, path: str | Path, *, regret: pl.DataFrame | None = None, regret_in: str = "another world") -> Path:
    """Write one self-contained HTML report: no server, no network, no script; prints well.

    `regret` is what `comparison.regret_of` says of the plans in the world `regret_in`.
    """
    from hinterland.report import render as write

    return write(board, path, regret=regret, regret_in=regret_in)
