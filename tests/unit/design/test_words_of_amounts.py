"""What a planner reads has no exponents."""

from __future__ import annotations

import pytest

from hinterland.app import read, solve
from hinterland.core.errors import InfeasibleDesign
from hinterland.design.figures import in_figures
from worlds import two_makers


@pytest.mark.parametrize(
    ("value", "text"), [(80000.0, "80,000"), (123456789.0, "123,500,000"), (1.0, "1"), (0.5, "0.5"), (-2500.0, "-2,500"), (0.0, "0")]
)
def test_amounts_are_written_out(value, text):
    assert in_figures(value, 4) == text


def test_what_would_have_to_give_is_written_out():
    """A town takes 100 parts as cars and nothing may be thrown away: 80,050 of the 80,150 that are asked for cannot move."""
    tables = two_makers(1)
    tables["policies"] = [
        {"policy_id": "all_near", "kind": "min_flow", "from_group": "near", "to_group": "plant", "product": "part", "value": 80150.0}
    ]
    with pytest.raises(InfeasibleDesign) as caught:
        solve(read(tables))
    told = " ".join([*caught.value.relaxed, *caught.value.conflict])
    assert "80,050 piece less" in told
    assert "80,150 piece" in told
    assert "e+" not in told
