"""Plans side by side: compare and render."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.app.given import network_of, plan_of, run_of
from hinterland.core.errors import HinterlandError
from hinterland.store import Run, refuse_unwritable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from hinterland.app.given import GivenPlan
    from hinterland.comparison import Board, StressBoard
    from hinterland.design import DesignResult
    from hinterland.model.network import Network

__all__ = ["compare", "compare_worlds", "proof_of", "render"]


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


def _opened(given: GivenPlan) -> GivenPlan:
    """The run that a path leads to, so that its proof comes along; else what was given."""
    return (run_of(given) or given) if isinstance(given, str | os.PathLike) else given


def _proofs(plans: Mapping[str, GivenPlan]) -> dict[str, dict[str, object]]:
    """Proofs of those that bring one."""
    from hinterland.design import DesignResult

    return {name: proof_of(one) for name, one in plans.items() if isinstance(one, Run | DesignResult)}


def compare(
    net: Network,
    plans: Mapping[str, GivenPlan],
    *,
    against: str | None = None,
    price_of: Mapping[str, GivenPlan] | None = None,
    stress: StressBoard | None = None,
) -> Board:
    """Key figures and bridges of plans that deliver the same, each judged in the scenario it was made under.

    Plans may be plans, designs, runs or paths of them; designs and runs bring their proof along, a bare plan is judged without
    one. `against` names the baseline (default: the first); `price_of` gives for a strategy the same strategy without its
    exclusivity, whose price is then stated; `stress` is what `stress_test` said of the same plans. Raises HinterlandError where plans
    deliver different quantities or there is none.
    """
    from hinterland.comparison import compare as side_by_side

    if not plans:
        raise HinterlandError("there is nothing to compare: name at least one plan")
    if not hasattr(plans, "items"):
        raise HinterlandError("plans go by name: {'global': plan, 'local-for-local': another}")
    world, opened = network_of(net), {name: _opened(one) for name, one in plans.items()}
    bare = {name: plan_of(one, world) for name, one in opened.items()}
    freed = {name: plan_of(one, world) for name, one in (price_of or {}).items()}
    lost = sorted(set(bare) ^ set(bare if stress is None else stress.strategies))
    if lost:
        raise HinterlandError(f"stress was tested on other plans than are compared: {', '.join(lost)}")
    return replace(side_by_side(world, bare, proofs=_proofs(opened), against=against, price_of=freed), stress=stress)


def compare_worlds(nets: Mapping[str, Network], plans: Mapping[str, GivenPlan], *, against: str | None = None) -> Board:
    """As `compare`, each plan in a network of its own: for runs whose tables say the same and whose scenarios need not."""
    from hinterland.comparison import compare as side_by_side

    bare = {name: plan_of(one) for name, one in plans.items()}
    return side_by_side(next(iter(nets.values())), bare, proofs=_proofs(plans), against=against, nets=nets)


def render(board: Board, path: str | os.PathLike[str], *, regret: pl.DataFrame | None = None, regret_in: str = "another world") -> Path:
    """Write one self-contained HTML report: no server, no network, no script; prints well. A file that is there is replaced.

    `regret` is what `comparison.regret_of` says of the plans in the world `regret_in`. Raises InvalidTables where the file
    cannot be written: a folder, say, or below something that is a file.
    """
    from hinterland.comparison import Board as Known
    from hinterland.report import render as write

    if not isinstance(board, Known):
        raise HinterlandError(f"this is no board but a {type(board).__name__}: give what hinterland.compare returns")
    target = Path(path)
    refuse_unwritable(target)
    return write(board, target, regret=regret, regret_in=regret_in)
