"""Small balanced chains for exposure, drawn from a seed: pools in a row of tiers, lines and lanes between them, stock, backups, nodes."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from hinterland.stress.backups import Backups
from hinterland.stress.exposure.limits import Limits
from hinterland.stress.exposure.nodes import Node
from hinterland.stress.exposure.period import PeriodChain


@dataclass(frozen=True)
class Acts:
    """What exposure asks of the activities of a plan."""

    into: np.ndarray
    days: np.ndarray
    use_activity: np.ndarray
    use_pool: np.ndarray
    give_activity: np.ndarray
    give_pool: np.ndarray

    def __len__(self) -> int:
        return len(self.into)


def small_chain(seed: int, *, backups: bool = True) -> PeriodChain:
    """Four to seven pools; the plan of rates is balanced, so that nothing is lost while nothing stands still."""
    rng = np.random.default_rng(seed)
    pools = int(rng.integers(4, 8))
    into: list[int] = []
    uses: list[tuple[int, int, float]] = []
    for pool in range(pools):
        for _ in range(int(rng.integers(1, 3))):
            number = len(into)
            into.append(pool)
            sources = rng.choice(pool, size=min(pool, int(rng.integers(0, 3))), replace=False) if pool else []
            uses += [(number, int(one), float(rng.uniform(0.3, 2.0))) for one in sources]
    planned = len(into)
    extra = int(rng.integers(0, 3)) if backups else 0
    into += [int(one) for one in rng.integers(0, pools, extra)]
    demand_pool, wanted = np.array([pools - 1, pools - 2]), rng.uniform(2.0, 9.0, 2)
    out = np.bincount(demand_pool, weights=wanted, minlength=pools)
    rate = np.zeros(len(into))
    for pool in reversed(range(pools)):
        mine = [at for at in range(planned) if into[at] == pool]
        rate[mine] = out[pool] * rng.dirichlet(np.ones(len(mine)))
        for at in mine:
            for user, source, quantity in uses:
                if user == at:
                    out[source] += quantity * rate[at]
    room = rate * rng.uniform(1.0, 1.8, len(into))
    room[planned:] = rng.uniform(0.5, 6.0, extra)
    days = rng.choice([0.0, 3.0, 7.0, 10.0, 21.0], len(into))
    none = np.zeros(0, dtype=np.int64)
    use = np.array(uses or np.zeros((0, 3)))
    act = Acts(np.array(into), days, use[:, 0].astype(np.int64), use[:, 1].astype(np.int64), none, none)
    held = Backups(none, planned + np.arange(extra), rng.choice([0.0, 5.0, 14.0, 30.0], extra), ((),) * extra, none, ("",) * extra)
    members = [np.array([int(rng.integers(0, planned)), planned])] if extra else []
    limits = Limits.of(members, np.array([room[one].max() * 1.1 for one in members]))
    arrays: Any = SimpleNamespace(pools=range(pools))
    activities: Any = act
    return PeriodChain(
        arrays=arrays, activities=activities, backups=held, limits=limits, period_id="one", rate=rate, room=room, use_per_unit=use[:, 2],
        give_per_unit=np.zeros(0), cover=rng.uniform(0.0, 60.0, pools) * rng.integers(0, 2, pools), demand_pool=demand_pool, wanted=wanted,
        margin=rng.uniform(1.0, 9.0, 2), priced=True,
    )  # fmt: skip


def small_nodes(chain: PeriodChain, seed: int, count: int = 6) -> list[Node]:
    """Nodes that stop one to three activities, some a backup as well, each for days of its own."""
    rng = np.random.default_rng(seed)
    planned, extra = len(chain.activities) - len(chain.backup), len(chain.backup)
    nodes = []
    for at in range(count):
        down = np.unique(rng.choice(planned, size=int(rng.integers(1, 4))))
        if extra and rng.random() < 0.2:
            down = np.append(down, planned)
        opens = np.flatnonzero(rng.random(extra) < 0.5)
        high = float(rng.choice([14.0, 28.0, 45.0]))
        nodes.append(Node("site", f"node{at}", down, (high / 2, high), opens))
    return nodes
