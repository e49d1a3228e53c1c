"""Maps of the flows, one per strategy: the world for what comes from far, and the surroundings of each market to scale."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hinterland.report.globe import Around, World, best_middle, great_circle, km_between, land_path, path, pieces
from hinterland.report.labels import Box, Label, place
from hinterland.report.markets import markets_of, middle, placed
from hinterland.report.svg import tidy
from hinterland.report.theme import FONT
from hinterland.report.words import stage_of_site

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from hinterland.comparison import Board
    from hinterland.report.markets import Market

    Floats = npt.NDArray[np.float64]

__all__ = [
    "Atlas",
    "Survey",
    "draw",
    "draw_market",
    "label_texts",
    "map_frame",
    "merged_ways",
    "site_words",
    "small_map",
    "survey",
    "width_px",
]

_WIDE, _WORLD_HIGH, _NEAR_HIGH, _GAP = 440.0, 205.0, 250.0, 12.0
_NORTH = 9.0
"""Room above the pole for ways that lead over it."""
_SIZE = 10.5
_THICKEST_PX, _THINNEST_PX = 7.0, 0.9
_RINGS_KM = (100, 250, 500, 1000, 2000, 4000)


@dataclass(frozen=True, slots=True)
class Survey:
    """What all maps of a report share: projections, the widest flow, the order of stages.

    `sent` is the stage of what a site sends. `world` is None where every site lies in the surroundings of delivery. One market
    is drawn below the world, several in pictures of their own; `near_frame` is the frame of a market in its picture.
    """

    world: World | None
    markets: tuple[Market, ...]
    near_frame: Box
    height: float
    t_most: float
    stages: tuple[str, ...]
    sent: Mapping[str, str]
    land: str


@dataclass(frozen=True, slots=True)
class Atlas:
    """A drawn map and the labels on it, so that a test can measure them."""

    svg: str
    labels: tuple[Label, ...]
    frame: Box
    unplaced: int


def merged_ways(board: Board) -> pl.DataFrame:
    """Flows over the horizon by way and stage, the heaviest first. Ways within a site and places unknown are left out."""
    keys = ["strategy", "from_site", "to_site", "stage", "from_longitude", "from_latitude", "to_longitude", "to_latitude"]
    return (
        board.flows.drop_nulls(keys[3:])
        .filter(pl.col("from_site") != pl.col("to_site"))
        .group_by(keys)
        .agg(pl.col("t").sum())
        .filter(pl.col("t") > 0)
        .sort(["t", *keys[:4]], descending=[True, False, False, False, False])
    )


def survey(board: Board, stages: list[str]) -> Survey:
    """Choose projections and scales once for all maps of a board."""
    longitude, latitude = middle(board)
    ways = merged_ways(board)
    used = placed(board).unique("site_id")
    far = [km_between(longitude, latitude, *one) for one in used.select("longitude", "latitude").iter_rows()]
    world = None
    if far and max(far) > 3500.0:
        lines = [
            (great_circle(*row[:4])[0], row[4])
            for row in ways.select("from_longitude", "from_latitude", "to_longitude", "to_latitude", "t").iter_rows()
        ]
        scale = _WIDE / 2 / 2.7066  # half the width of the Equal Earth projection, in radians
        world = World(best_middle(lines, used["longitude"].to_list()), scale, _WIDE / 2, scale * 1.314 + _NORTH)
    several = world is not None and board.delivered["region"].drop_nulls().n_unique() > 1
    top = _WORLD_HIGH + _GAP if world and not several else 0.0
    high = _NEAR_HIGH if world else _NEAR_HIGH + 90.0
    frame = Box(0.5, top + 0.5, _WIDE - 0.5, top + high - 0.5)
    markets = markets_of(board, frame, apart=several)
    drawn: list[tuple[str, World | Around]] = [(f"near{at}", one.around) for at, one in enumerate(markets)]
    if world:
        drawn.append(("world", world))
    paths = "".join(f'<path id="land-{name}" fill-rule="evenodd" d="{land_path(one)}"/>' for name, one in drawn)
    land = tidy(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><defs>{paths}</defs></svg>', "land outlines")
    most = float(ways["t"].max() or 1.0)  # type: ignore[arg-type]  # polars: max and min of any type
    height = _WORLD_HIGH if several else top + high
    return Survey(world, markets, frame, height, most, tuple(stages), stage_of_site(board), land)


def map_frame(shared: Survey) -> tuple[World | Around, Box, str]:
    """The widest map of a report: its projection, its frame, and the id of its land outlines."""
    if shared.world is not None:
        return shared.world, Box(0.0, 0.0, _WIDE, _WORLD_HIGH), "land-world"
    return shared.markets[0].around, shared.near_frame, "land-near0"


def width_px(t: float, t_most: float) -> float:
    """Width of a flow's line; its square grows with the tonnes, so that small flows stay visible.

    >>> width_px(100.0, 100.0), width_px(25.0, 100.0)
    (7.0, 3.5)
    """
    return max(_THINNEST_PX, _THICKEST_PX * float(np.sqrt(t / t_most)))


def _stage_colour(stage: str, stages: tuple[str, ...]) -> str:
    return f"var(--g{stages.index(stage)})" if stage in stages else "var(--muted)"


def _beside(line: Floats, away: float) -> Floats:
    """The line shifted to its right by some pixels, for flows of several stages on one way."""
    if not away:
        return line
    along = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    return line + away * np.column_stack([-along[:, 1], along[:, 0]]) / length


def _arrow(piece: Floats, width: float) -> str:
    """A small head in the middle of a line that is long enough for one."""
    steps = np.hypot(*np.diff(piece, axis=0).T)
    if steps.sum() < 46.0:
        return ""
    at = int(np.searchsorted(steps.cumsum(), steps.sum() * 0.56))
    x, y = piece[at]
    angle = float(np.degrees(np.arctan2(*(piece[at + 1] - piece[at])[::-1])))
    size = 2.6 + width * 0.75
    return f'<path d="M{size:.1f},0L{-size * 0.7:.1f},{size * 0.8:.1f}L{-size * 0.7:.1f},{-size * 0.8:.1f}Z" transform="translate({x:.1f},{y:.1f}) rotate({angle:.0f})"/>'


def _lines(ways: pl.DataFrame, projection: World | Around, shared: Survey) -> tuple[str, list[tuple[float, float]]]:
    """Flows as SVG, and points along them that labels avoid."""
    drawn, points = [], []
    stacked: dict[tuple[str, str], float] = {}
    for row in ways.iter_rows(named=True):
        width = width_px(row["t"], shared.t_most)
        pair = (row["from_site"], row["to_site"])
        before = stacked.get(pair)
        away = 0.0 if before is None else before + width / 2 + 0.6
        stacked[pair] = width / 2 if before is None else away + width / 2
        way = great_circle(row["from_longitude"], row["from_latitude"], row["to_longitude"], row["to_latitude"])
        colour = _stage_colour(row["stage"], shared.stages)
        for whole in pieces(projection, *way):
            piece = _beside(whole, away)
            drawn.append(f'<path d="{path(piece)}" fill="none" stroke="{colour}" stroke-width="{width:.2f}" stroke-linecap="round"/>')
            head = _arrow(piece, width)
            drawn.append(f'<g fill="{colour}" stroke="none">{head}</g>' if head else "")
            points += [(float(x), float(y)) for x, y in piece[::2]]
    return "".join(drawn), points


def site_words(name: str, most: int = 26) -> str:
    """A site's name that fits a map: without what stands in brackets, then cut between words."""
    bare = name if len(name) <= most else name.split(" (")[0]
    return shorten(bare, most, placeholder="…") if " " in bare else bare[:most]


def _mark(x: float, y: float, row: dict[str, Any], target: bool, shared: Survey) -> str:
    if not row["used"]:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6" fill="var(--muted)" fill-opacity="0.55"/>'
    if target:
        return f'<path d="M{x:.1f},{y - 5:.1f}l5,5l-5,5l-5,-5Z" fill="var(--ink)" stroke="var(--paper)" stroke-width="1.2"/>'
    colour = _stage_colour(shared.sent.get(row["site_id"], ""), shared.stages)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}" stroke="var(--paper)" stroke-width="1.1"/>'


def label_texts(labels: list[Label], at: dict[str, tuple[float, float]]) -> str:
    """Placed labels as SVG, each with a line to its point where it stands away from it."""
    drawn = []
    for one in labels:
        if one.led:
            x, y = at[one.key]
            end = min(max(x, one.box.left), one.box.right), min(max(y, one.box.top + 2), one.box.bottom - 1)
            drawn.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="var(--muted)" stroke-width="0.6"/>')
        drawn.append(
            f'<text x="{one.x:.1f}" y="{one.y:.1f}" text-anchor="{one.anchor}" font-size="{_SIZE}" fill="var(--ink)" '
            f'stroke="var(--paper)" stroke-width="2.4" stroke-opacity="0.85" paint-order="stroke" stroke-linejoin="round">{escape(one.text)}</text>'
        )
    return "".join(drawn)


def _rings(near: Around, frame: Box, marks: list[tuple[float, float]]) -> tuple[str, list[Box]]:
    """Circles of true distance around delivery, the two or three that fit, each told where no mark stands."""
    drawn: list[str] = []
    told: list[Box] = []
    for km in _RINGS_KM:
        radius = km * near.scale
        if not 34.0 < radius < 0.62 * _WIDE:
            continue
        drawn.append(
            f'<circle cx="{near.x:.1f}" cy="{near.y:.1f}" r="{radius:.1f}" fill="none" stroke="var(--muted)" stroke-width="0.6" stroke-dasharray="2 3"/>'
        )
        for turn in (200.0, 160.0, 250.0, 110.0, 180.0, 290.0, 70.0):
            x, y = near.x + radius * np.sin(np.radians(turn)), near.y - radius * np.cos(np.radians(turn))
            box = Box(x - 22, y - 6, x + 22, y + 6)
            free = not any(box.overlap(one) for one in told) and not any(box.overlap(Box(a - 4, b - 4, a + 4, b + 4)) for a, b in marks)
            if free and box.inside(frame):
                told.append(box)
                drawn.append(
                    f'<text x="{x:.1f}" y="{y + 3:.1f}" text-anchor="middle" font-size="9" fill="var(--muted)" stroke="var(--paper)" '
                    f'stroke-width="3" paint-order="stroke">{km:,} km</text>'
                )
                break
    return "".join(drawn), told


def _window(near: Around, frame: Box, world: World) -> str:
    """The frame of the near map, drawn on the world."""
    across, down = np.linspace(frame.left, frame.right, 14), np.linspace(frame.top, frame.bottom, 10)
    edge = np.concatenate(
        [
            np.column_stack([across, np.full_like(across, frame.top)]),
            np.column_stack([np.full_like(down, frame.right), down]),
            np.column_stack([across[::-1], np.full_like(across, frame.bottom)]),
            np.column_stack([np.full_like(down, frame.left), down[::-1]]),
        ]
    )
    longitudes, latitudes = near.places(np.concatenate([edge, edge[:1]]))
    return "".join(
        f'<path d="{path(piece)}" fill="none" stroke="var(--ink)" stroke-width="0.8"/>' for piece in pieces(world, longitudes, latitudes)
    )


def _panel(
    sites: pl.DataFrame,
    ways: pl.DataFrame,
    projection: World | Around,
    frame: Box,
    shared: Survey,
    targets: set[str],
    land: str,
    near_in_world: str = "",
) -> tuple[str, list[Label], int]:
    places = projection.xy(sites["longitude"].to_numpy(), sites["latitude"].to_numpy()) if sites.height else np.zeros((0, 2))
    at = {site: (float(x), float(y)) for site, (x, y) in zip(sites["site_id"], places, strict=True)}
    rows = list(sites.sort("t", "site_id", descending=[True, False], nulls_last=True).iter_rows(named=True))
    inside = [row for row in rows if Box(at[row["site_id"]][0], at[row["site_id"]][1], *at[row["site_id"]]).inside(frame)]
    inside.sort(key=lambda row: row["site_id"] not in targets)  # delivery is named first and drawn last, on top
    lines, along = _lines(ways, projection, shared)
    rings, told = _rings(projection, frame, list(at.values())) if isinstance(projection, Around) else ("", [])
    named = [row for row in inside if row["used"] and row["label"]]
    points = [
        (row["site_id"], site_words(row["name"] or row["site_id"]), *at[row["site_id"]], 5.0 if row["site_id"] in targets else 3.2)
        for row in named
    ]
    labels = place(points, frame, size_px=_SIZE, obstacles=told, soft=along)
    marks = "".join(_mark(*at[row["site_id"]], row, row["site_id"] in targets, shared) for row in reversed(inside) if row["label"])
    return (
        f'<use href="#land-{land}" fill="var(--land)"/>{rings}{near_in_world}{lines}{marks}{label_texts(labels, at)}',
        labels,
        len(points) - len(labels),
    )


def _sites(board: Board, strategy: str) -> pl.DataFrame:
    return (
        board.sites.filter(pl.col("strategy") == strategy)
        .drop_nulls(["latitude", "longitude"])
        .with_columns(pl.col("used").fill_null(False), label=pl.lit(True))
    )


def _framed(board: Board, strategy: str, shared: Survey, at: int, key: str) -> tuple[str, list[Label], int]:
    """The surroundings of a market within their frame."""
    frame, market = shared.near_frame, shared.markets[at]
    ways = merged_ways(board).filter(pl.col("strategy") == strategy)
    near, labels, lost = _panel(_sites(board, strategy), ways, market.around, frame, shared, set(board.delivered["site_id"]), f"near{at}")
    edge = f'x="{frame.left:g}" y="{frame.top:g}" width="{frame.right - frame.left:g}" height="{frame.bottom - frame.top:g}"'
    body = (
        f'<defs><clipPath id="frame-{key}"><rect {edge}/></clipPath></defs><g clip-path="url(#frame-{key})">{near}</g>'
        f'<rect {edge} fill="none" stroke="var(--ink)" stroke-width="0.8"/>'
    )
    return body, labels, lost


def _atlas(body: str, told: str, labels: list[Label], height: float, lost: int) -> Atlas:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:g} {height:g}"><g font-family="{escape(FONT)}">{body}</g></svg>'
    return Atlas(tidy(svg, told), tuple(labels), Box(0.0, 0.0, _WIDE, height), lost)


def draw(board: Board, strategy: str, shared: Survey, key: str) -> Atlas:
    """One strategy's flows: the world, and below it the surroundings of delivery where all is delivered in one region.

    `key` makes the ids of this picture its own within the page.
    """
    body, lost = "", 0
    labels: list[Label] = []
    if shared.world is None or len(shared.markets) == 1:
        body, labels, lost = _framed(board, strategy, shared, 0, key)
    if shared.world:
        sites = _sites(board, strategy)
        elsewhere = np.ones(sites.height, dtype=bool)
        for market in shared.markets if sites.height else ():
            on_near = market.around.xy(sites["longitude"].to_numpy(), sites["latitude"].to_numpy())
            elsewhere &= [not Box(x, y, x, y).inside(shared.near_frame) for x, y in on_near.tolist()]
        world_sites = sites.with_columns(label=pl.Series(elsewhere, dtype=pl.Boolean))
        windows = "".join(_window(one.around, shared.near_frame, shared.world) for one in shared.markets)
        ways = merged_ways(board).filter(pl.col("strategy") == strategy)
        frame = Box(0.0, 0.0, _WIDE, _WORLD_HIGH)
        far, more, lost_far = _panel(world_sites, ways, shared.world, frame, shared, set(board.delivered["site_id"]), "world", windows)
        body, labels, lost = far + body, [*more, *labels], lost + lost_far
    told = f"Map of the flows of {strategy}: lines by stage, width by tonnes over the horizon"
    return _atlas(body, told, labels, shared.height, lost)


def draw_market(board: Board, strategy: str, shared: Survey, at: int, key: str) -> Atlas:
    """One strategy's flows in the surroundings of one of several markets."""
    body, labels, lost = _framed(board, strategy, shared, at, key)
    told = f"Map of the flows of {strategy} around delivery in {shared.markets[at].region}"
    return _atlas(body, told, labels, shared.near_frame.bottom + 0.5, lost)


def small_map(ways: pl.DataFrame, shared: Survey, told: str) -> str:
    """The world with some ways and the ends they touch, without names; raises ValueError where a survey has no world."""
    if shared.world is None:
        raise ValueError("every site lies in the surroundings of delivery: there is no world to draw")
    lines, _ = _lines(ways, shared.world, shared)
    ends = (
        pl.concat([ways.select(longitude=f"{end}_longitude", latitude=f"{end}_latitude") for end in ("from", "to")])
        .unique()
        .sort("longitude", "latitude")
    )
    places = shared.world.xy(ends["longitude"].to_numpy(), ends["latitude"].to_numpy()) if ends.height else np.zeros((0, 2))
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="var(--ink)" stroke="var(--paper)" stroke-width="0.8"/>'
        for x, y in places.tolist()
    )
    body = f'<use href="#land-world" fill="var(--land)"/>{lines}{marks}'
    return tidy(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:g} {_WORLD_HIGH:g}">{body}</svg>', told)
