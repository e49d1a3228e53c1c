"""How far a place at sea is from land, whichever way the land lies."""

import pytest

from hinterland.tables.land import km_from_land


@pytest.mark.parametrize(
    ("latitude", "longitude", "km"),
    [(37.2, 3.3, 44.0), (43.0, 5.3, 24.0), (50.2, -1.4, 45.0), (0.0, -30.0, 100.0)],
    ids=["north of Algiers", "south of Marseille", "in the Channel", "in the Atlantic"],
)
def test_land_is_seen_in_every_direction(latitude, longitude, km):
    found = km_from_land(latitude, longitude)
    assert found > km if longitude == -30.0 else found == pytest.approx(km, abs=10.0)


def test_on_land_is_no_distance():
    assert km_from_land(52.5, 13.4) == 0.0
