"""Lead times that vary: the days of a lane are lognormal, drawn for each step in which goods start, in whole steps.

The mean is the days of the lane. What is drawn moves the lane's own whole steps by the rounded difference, so that a small spread is
a small change. Goods may overtake each other. The longest one in `TAIL_SHARE` is cut, as is what would arrive after the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.stress.activities import LANE, OTHER_WAY
from hinterland.stress.draws import key_of, lognormal_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Floats
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities
    from hinterland.stress.chain import Chain

__all__ = ["TAIL_SHARE", "sigmas_of", "thresholds", "varied"]

TAIL_SHARE = 1e-4
_NEVER = 2.0**-54
"""No number that is drawn lies below (draws.py)."""


def sigmas_of(a: Arrays, act: Activities) -> tuple[Floats, list[str]]:
    """Spread of each activity's lead time, the standard deviation of its logarithm, and the lane whose draws it takes.

    Lanes have it, and those who stand in over a lane; other ways round and faster ways take the days that their row says.
    """
    sigma, names = np.zeros(len(act)), [""] * len(act)
    told = a.net["lanes"]["lead_time_sigma"].fill_null(0.0).to_numpy()
    for activity in np.flatnonzero((act.kind == LANE) & (act.role != OTHER_WAY)):
        lane = a.flows.rates.lanes.row(int(act.subject[activity]), named=True)
        sigma[activity] = told[lane["lane_row"]]
        names[activity] = str(lane["lane_id"]).partition("@")[0]
    return np.where(act.days > 0, sigma, 0.0), names


def thresholds(days: float, sigma: float, step_days: float, lead: int, most: int) -> tuple[int, Floats]:
    """Fewest steps, and the shares above which one more is taken: `lead` + the rounded difference of days, at most `most`."""
    steps = np.arange(most, dtype=np.float64)
    share = lognormal_share(days + (steps + (0.5 - lead)) * step_days, days, sigma)
    least = int(np.searchsorted(share, _NEVER, side="right"))
    longest = int(np.searchsorted(share, 1.0 - TAIL_SHARE, side="left"))
    return least, share[least : max(longest, least)]


def varied(chain: Chain, days: Floats, sigma: Floats, names: Sequence[str], step_days: float, seed: int) -> Chain:
    """Return the chain with lead times that vary where `sigma` is above 0; the same lane draws the same for every plan."""
    some = np.flatnonzero(sigma > 0)
    if not len(some):
        return chain
    span = chain.planned.shape[1]
    told = [thresholds(float(days[a]), float(sigma[a]), step_days, int(chain.lead[a]), max(span, int(chain.lead[a]))) for a in some]
    size = np.diff(chain.ring_first)
    size[some] = [max(least + len(above), int(chain.lead[a]), 1) for a, (least, above) in zip(some, told, strict=True)]
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    way = np.zeros(int(first[-1]))
    for a in range(len(size)):
        known = chain.on_the_way[chain.ring_first[a] : chain.ring_first[a + 1]]
        way[first[a] : first[a] + len(known)] = known
    varies = np.full(len(size), -1, dtype=np.int64)
    varies[some] = np.arange(len(some))
    return chain._replace(
        ring_first=first,
        on_the_way=way,
        varies=varies,
        lead_key=np.array([key_of(seed, f"lead|{names[int(a)]}") for a in some], dtype=np.uint64),
        lead_least=np.array([least for least, _ in told], dtype=np.int64),
        lead_first=np.concatenate([[0], np.cumsum([len(above) for _, above in told])]).astype(np.int64),
        lead_above=np.concatenate([above for _, above in told]),
    )
