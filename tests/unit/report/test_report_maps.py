"""Maps: true projections, whole great circles, and labels that never collide."""

import itertools
import random
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from hinterland.report.globe import Around, World, best_middle, great_circle, km_between, pieces
from hinterland.report.labels import Box, place
from hinterland.report.maps import draw, draw_market, survey, width_px
from hinterland.report.words import chain_order


def test_equal_earth_has_its_published_shape():
    # Šavrič, Patterson and Jenny 2018: the map is 2.05458 times as wide as it is high
    world = World(0.0, 1.0, 0.0, 0.0)
    east, north = world.xy(np.array([179.999999]), np.array([0.0]))[0, 0], -world.xy(np.array([0.0]), np.array([90.0]))[0, 1]
    assert east / north == pytest.approx(2.05458, abs=1e-4)


def test_distances_from_the_middle_of_the_near_map_are_true():
    near = Around(-82.18, 34.9, 0.1, 200.0, 100.0, 4000.0)
    for longitude, latitude in ((-76.7, 44.22), (-68.35, -23.5), (119.48, 31.43)):
        x, y = near.xy(np.array([longitude]), np.array([latitude]))[0]
        assert np.hypot(x - 200, y - 100) == pytest.approx(0.1 * km_between(-82.18, 34.9, longitude, latitude), rel=1e-9)
        back_longitude, back_latitude = near.places(np.array([[x, y]]))
        assert back_longitude[0] % 360 == pytest.approx(longitude % 360)
        assert back_latitude[0] == pytest.approx(latitude)


def test_a_great_circle_over_the_pacific_goes_north_and_ends_where_it_should():
    longitudes, latitudes = great_circle(127.15, 36.81, -79.76, 34.2)
    assert latitudes.max() > 60  # Korea to the Carolinas leads over Alaska
    assert (longitudes[0], latitudes[0]) == pytest.approx((127.15, 36.81))
    assert (longitudes[-1], latitudes[-1]) == pytest.approx((-79.76, 34.2))


def test_a_world_map_is_cut_where_least_is_moved():
    pacific, atlantic = great_circle(127.0, 37.0, -80.0, 34.0)[0], great_circle(17.0, 50.0, -80.0, 34.0)[0]
    places = [127.0, -80.0, 17.0]
    for ways, whole in (([(pacific, 9.0), (atlantic, 1.0)], pacific), ([(pacific, 1.0), (atlantic, 9.0)], atlantic)):
        edge = best_middle(ways, places) + 180.0
        assert np.abs(np.diff((whole - edge) % 360.0)).max() < 180.0


def test_land_is_drawn_once_and_without_stripes_over_the_edge():
    for middle in (-180.0, -90.0, 0.0, 110.0):
        world = World(middle, 80.0, 220.0, 100.0)
        for piece in world.land():
            assert np.isfinite(piece).all()
            assert piece[:, 0].min() > 220 - 80 * 2.71
            assert piece[:, 0].max() < 220 + 80 * 2.71
            along = np.hypot(*np.diff(np.concatenate([piece, piece[:1]]), axis=0).T)
            assert along.max() < 12.0  # nothing leaps across the map, nor cuts a corner of its curved edge


def colliding(labels):
    return [(a.text, b.text) for at, a in enumerate(labels) for b in labels[at + 1 :] if a.box.overlap(b.box) > 0]


def test_labels_never_collide_nor_leave_the_frame_nor_cover_marks():
    draws = random.Random(7)
    frame = Box(0.0, 0.0, 440.0, 250.0)
    for _ in range(60):
        points = [
            (str(at), "Site with a name" if at % 2 else "Short", draws.gauss(220, 40), draws.gauss(120, 30), draws.choice((3.2, 5.0)))
            for at in range(draws.randint(1, 30))
        ]
        labels = place(points, frame, size_px=10.5)
        assert not colliding(labels)
        for label in labels:
            assert label.box.inside(frame)
            for _, _, x, y, radius in points:
                assert label.box.overlap(Box(x - radius, y - radius, x + radius, y + radius)) == 0


def test_a_crowd_loses_names_before_it_overlaps_and_the_first_keep_theirs():
    points = [(str(at), f"Crowded site {at:02d}", 100.0, 60.0, 3.0) for at in range(40)]
    labels = place(points, Box(0.0, 0.0, 200.0, 120.0))
    assert 0 < len(labels) < 40
    assert labels[0].key == "0"


@pytest.mark.parametrize("strategy", ["global", "local-for-local", "least-co2e"])
def test_each_map_names_the_sites_of_its_plan_and_no_others(board, strategy):
    atlas = draw(board, strategy, survey(board, chain_order(board)), "0")
    used = set(board.sites.filter((pl.col("strategy") == strategy) & pl.col("used"))["site_id"])
    assert {label.key for label in atlas.labels} == used
    assert atlas.unplaced == 0
    assert not colliding(atlas.labels)
    assert all(label.box.inside(atlas.frame) for label in atlas.labels)


def test_lines_grow_with_tonnes_and_small_flows_stay_visible():
    assert width_px(100.0, 100.0) > width_px(10.0, 100.0) > width_px(0.0001, 100.0) > 0.5


def test_a_chain_within_one_region_needs_no_world(board):
    near = board.sites.with_columns(used=pl.col("used") & (pl.col("region") == "north_america"))
    flows = board.flows.filter((pl.col("from_region") == "north_america") & (pl.col("to_region") == "north_america"))
    small = replace(board, sites=near, flows=flows)
    shared = survey(small, chain_order(small))
    assert shared.world is None
    assert "land-world" not in draw(small, "least-co2e", shared, "0").svg


def test_the_chain_reads_from_mine_to_pack(board):
    order = chain_order(board)
    for upstream, downstream in (
        ("nickel", "cathode"),
        ("lithium", "cathode"),
        ("cathode", "cell"),
        ("graphite", "cell"),
        ("cell", "pack"),
    ):
        assert order.index(upstream) < order.index(downstream)
    assert order[-1] == "(site)"


def test_each_of_several_markets_has_its_own_surroundings(markets):
    shared = survey(markets, chain_order(markets))
    assert [one.region for one in shared.markets] == ["north_america", "europe", "china"]  # half, 0.3 and 0.2 of what is delivered
    homes = {"north_america": "spartanburg", "europe": "debrecen", "china": "shenyang"}
    for at, market in enumerate(shared.markets):
        atlas = draw_market(markets, "global", shared, at, "x")
        named = {label.key for label in atlas.labels}
        assert homes[market.region] in named
        assert not named & (set(homes.values()) - {homes[market.region]})
        assert not colliding(atlas.labels)
    assert "Plant Debrecen" not in draw(markets, "global", shared, "0").svg  # it is named where it is drawn to scale


def test_a_sixth_market_has_no_map_of_its_own(markets):
    extra = pl.concat(
        [markets.delivered, *(markets.delivered.head(1).with_columns(region=pl.lit(f"r{at}"), quantity=1.0) for at in range(3))]
    )
    shared = survey(replace(markets, delivered=extra.select(markets.delivered.columns)), chain_order(markets))
    assert [one.region for one in shared.markets] == ["north_america", "europe", "china", "r0"]


def test_a_way_over_the_pole_is_drawn_whole_and_inside_the_map():
    for middle in (-90.0, 10.0, 100.0):
        world = World(middle, 80.0, 220.0, 120.0)
        for ends in ((116.0, 40.0, -64.5, 34.0), (100.0, 50.0, -80.0, 50.0), (30.0, 60.0, 30.0 - 179.0, 60.0)):
            longitudes, latitudes = great_circle(*ends)
            drawn = pieces(world, longitudes, latitudes)
            top = world.xy(np.array([middle]), np.array([90.0]))[0, 1]
            edges = [one for piece in drawn for one in (piece[0], piece[-1])]
            for start, end in ((ends[:2], 0), (ends[2:], -1)):
                assert edges[end] == pytest.approx(world.xy(np.array([start[0]]), np.array([start[1]]))[0])
            for piece in drawn:
                assert piece[:, 1].min() >= top - 1e-9
                assert np.hypot(*np.diff(piece, axis=0).T).max() < 12.0  # no leap, nothing left out
            for before, after in itertools.pairwise(drawn):  # torn at the edge alone: both ends at one height
                assert before[-1][1] == pytest.approx(after[0][1])
                assert before[-1][0] - 220 == pytest.approx(220 - after[0][0])


def test_a_way_over_the_antipode_leaves_no_line_across_the_near_map():
    near = Around(0.0, 0.0, 0.2, 220.0, 125.0, 1500.0)
    longitudes, latitudes = great_circle(150.0, 10.0, -150.0, 9.0)
    for piece in pieces(near, longitudes, latitudes):
        assert np.hypot(piece[:, 0] - 220, piece[:, 1] - 125).min() > 0.2 * 10_000


def test_the_thickest_flow_over_the_pole_stays_inside_its_picture(board):
    shared = survey(board, chain_order(board))
    top = shared.world.xy(np.array([0.0]), np.array([90.0]))[0, 1]
    assert top > width_px(1.0, 1.0)
