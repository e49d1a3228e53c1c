"""Write src/hinterland/freight/data/sea.npz: searoute's shipping lanes, straightened over the open sea, with ports and passages.

    pip install --no-deps searoute==1.6.0     (Apache-2.0; data/marnet_searoute.geojson and data/ports.geojson are read)
    python tools/build_sea_network.py [--sources N]   (ten minutes to half an hour; --sources N tries N ports alone)

1. The lanes of marnet become points and edges, longitudes modulo 360. A port is joined to the nearest point and to those it sees.
2. Any-angle shortest paths (lazy Theta*, Nash, Koenig and Tovey 2010) from ports all over the world find the great-circle
   shortcuts that a navigator would draw: straight over the sea, 8 km off the outlines of Natural Earth 1:50 million, south of
   72° N, north of 47° S but round South America. Then again with points 14 to 22 km off the capes of every coast.
3. Straits are sailed along the lanes of the network: no shortcut crosses one. Each edge is marked with the passages whose gate
   it crosses. Shortcuts on no way between two seaports, with or without the great canals, are dropped.
"""

from __future__ import annotations

import argparse
import heapq
import importlib.util
import json
import math
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from hinterland.freight.passages import PASSAGES
from hinterland.tables.land import land_rings

R = 6371.0088
STEP = 0.05
W, H = int(360 / STEP), int(180 / STEP)
CLEAR_KM = 8.0
OUT = Path(__file__).resolve().parent.parent / "src" / "hinterland" / "freight" / "data" / "sea.npz"
GATES = {
    "taiwan": ((119.0, 25.4), (121.3, 24.5)),
    "malacca": ((101.5, 4.4), (98.5, 2.8)),
    "sunda": ((105.5, -5.6), (106.2, -6.25)),
    "lombok": ((115.45, -8.55), (116.2, -8.55)),
    "torres": ((142.5, -9.0), (142.5, -11.0)),
    "hormuz": ((56.4, 26.1), (56.6, 27.3)),
    "bab_el_mandeb": ((42.9, 11.88), (43.9, 13.38)),
    "suez": ((31.0, 30.6), (33.5, 30.6)),
    "bosporus": ((28.6, 41.1), (29.6, 41.1)),
    "dardanelles": ((26.4, 40.35), (26.75, 40.0)),
    "gibraltar": ((-5.6, 35.5), (-5.6, 36.4)),
    "oresund": ((12.4, 56.0), (12.9, 56.08)),
    "great_belt": ((10.6, 55.35), (11.3, 55.33)),
    "panama": ((-79.72, 8.9), (-79.72, 9.4)),
    "cape_of_good_hope": ((20.0, -34.6), (20.0, -61.0)),
    "magellan": ((-69.5, -52.2), (-69.5, -52.9)),
    "cape_horn": ((-67.3, -55.3), (-67.3, -66.0)),
    "bering": ((-166.5, 65.6), (-172.0, 66.4)),
    "northwest": ((-95.0, 67.5), (-95.0, 80.0)),
    "northern_sea_route": ((104.0, 76.0), (104.0, 83.0)),
}
"""A line across each passage, longitude and latitude: what crosses it, passes there."""
STRAITS = ("malacca", "sunda", "lombok", "torres", "hormuz", "bab_el_mandeb", "suez", "bosporus", "dardanelles", "gibraltar",
           "oresund", "great_belt", "panama", "magellan")  # fmt: skip
MISPLACED = ("USPIT", "CASJF")
"""Seaports of the list that lie elsewhere than their names: Pittsburgh in the Mississippi delta, St John's in New Brunswick."""
WAIT_KM = {"panama": 900.0, "suez": 450.0}
CLOSURES = (
    (),
    ("suez", "panama"),
    ("malacca", "sunda"),
    ("gibraltar", "taiwan"),
    ("cape_of_good_hope", "suez", "panama"),
    ("magellan", "panama"),
)


def xyz(places):
    lam, phi = np.radians(places[..., 0]), np.radians(places[..., 1])
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], -1)


def circle_km(one, other):
    return 2 * R * np.arcsin(np.clip(np.linalg.norm(xyz(one) - xyz(other), axis=-1) / 2, 0, 1))


def marnet(folder):
    """Points, edge starts, edge ends, passage of each edge in searoute's words, ports."""
    starts, ends, told = [], [], []
    for feature in json.loads((folder / "marnet_searoute.geojson").read_text())["features"]:
        shape = feature["geometry"]
        for line in [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]:
            points = np.array(line)[:, :2]
            points[:, 0] = (points[:, 0] + 180) % 360 - 180
            starts.append(points[:-1])
            ends.append(points[1:])
            told += [feature["properties"].get("passage") or ""] * (len(points) - 1)
    starts, ends = np.round(np.concatenate(starts), 6), np.round(np.concatenate(ends), 6)
    points, back = np.unique(np.concatenate([starts, ends]), axis=0, return_inverse=True)
    back = back.ravel()
    ports = json.loads((folder / "ports.geojson").read_text())["features"]
    return points, back[: len(starts)], back[len(starts) :], np.array(told), ports


class Sea:
    """Where a great circle stays at sea: land in cells of 0.05°, bare and with a margin."""

    def __init__(self):
        coast, inside = np.zeros((H, W), bool), np.zeros((H, W), bool)
        middle, crossings = -90 + STEP * (np.arange(H) + 0.5), [[] for _ in range(H)]
        for ring in land_rings("50m"):
            a, b = ring[:-1], ring[1:]
            count = np.maximum((np.maximum(np.abs(b - a).max(axis=1), 1e-9) / STEP * 2).astype(int) + 1, 1)
            row = np.repeat(np.arange(len(a)), count)
            part = (np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)) / np.repeat(count, count)
            at = a[row] + (b - a)[row] * part[:, None]
            coast[np.clip(((at[:, 1] + 90) / STEP).astype(int), 0, H - 1), ((at[:, 0] + 180) / STEP).astype(int) % W] = True
            low = np.ceil((np.minimum(a[:, 1], b[:, 1]) + 90) / STEP - 0.5).astype(int)
            high = np.ceil((np.maximum(a[:, 1], b[:, 1]) + 90) / STEP - 0.5).astype(int)
            for k in np.flatnonzero(high > low):
                for i in range(max(low[k], 0), min(high[k], H)):
                    crossings[i].append(a[k, 0] + (middle[i] - a[k, 1]) / (b[k, 1] - a[k, 1]) * (b[k, 0] - a[k, 0]))
        for i, crossing in enumerate(crossings):
            ordered = np.sort(crossing)
            for west, east in zip(ordered[::2], ordered[1::2], strict=False):
                first, last = int(np.ceil((west + 180) / STEP - 0.5)), int(np.ceil((east + 180) / STEP - 0.5))
                inside[i, max(first, 0) : max(min(last, W), 0)] = True
        land = coast | inside
        self.inner, self.wide = land & ~coast, self._margin(land)
        east = -180 + STEP * (np.arange(W) + 0.5)
        self.wide[(middle > 72) | (middle < -57)] = True
        self.wide[np.ix_(np.flatnonzero(middle < -47), np.flatnonzero((east < -90) | (east > -25)))] = True

    @staticmethod
    def _margin(land):
        rows = round(CLEAR_KM / (STEP * 111.2))
        tall = land.copy()
        for by in range(1, rows + 1):
            tall[by:] |= land[:-by]
            tall[:-by] |= land[by:]
        wide, north = tall.copy(), -90 + STEP * (np.arange(H) + 0.5)
        columns = np.minimum(np.ceil(CLEAR_KM / (STEP * 111.2 * np.maximum(np.cos(np.radians(north)), 0.02))).astype(int), 40)
        for by in range(1, columns.max() + 1):
            here = columns >= by
            wide[here] |= np.roll(tall[here], by, axis=1) | np.roll(tall[here], -by, axis=1)
        return wide

    def open(self, one, other):
        """Unit vectors: coarse steps first, then every 4 km; within 25 km of an end only land itself is in the way, within 6 km nothing."""
        angle = math.acos(max(-1.0, min(1.0, float(one @ other))))
        km = angle * R
        if km < 1:
            return True
        for step in (60.0, 4.0):
            part = np.linspace(0, 1, int(km / step) + 2)[1:-1]
            if not len(part):
                continue
            at = (np.sin((1 - part) * angle)[:, None] * one + np.sin(part * angle)[:, None] * other) / math.sin(angle)
            i = ((np.degrees(np.arcsin(np.clip(at[:, 2], -1, 1))) + 90) / STEP).astype(int)
            j = ((np.degrees(np.arctan2(at[:, 1], at[:, 0])) + 180) / STEP).astype(int) % W
            end = np.minimum(part, 1 - part) * km
            if np.where(end < 6, False, np.where(end < 25, self.inner[i, j], self.wide[i, j])).any():
                return False
        return True


def _simple(ring, tolerance):
    keep = np.zeros(len(ring), bool)
    keep[0] = keep[-1] = True
    left = [(0, len(ring) - 1)]
    while left:
        a, b = left.pop()
        if b <= a + 1:
            continue
        along, off = ring[b] - ring[a], ring[a + 1 : b] - ring[a]
        size = np.hypot(*along)
        far = np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]) / size if size > 1e-9 else np.hypot(off[:, 0], off[:, 1])
        k = int(far.argmax())
        if far[k] > tolerance:
            keep[a + 1 + k] = True
            left += [(a, a + 1 + k), (a + 1 + k, b)]
    return ring[keep]


def capes(sea):
    """Points 14 or 22 km off the outward corners of simplified coasts, 25 km apart."""
    found = []
    for ring in land_rings("50m"):
        if (ring.max(0) - ring.min(0)).max() < 0.6:
            continue
        far = int(np.argmax(((ring - ring[0]) ** 2).sum(1)))
        corners = np.concatenate([_simple(ring[: far + 1], 0.3), _simple(ring[far:], 0.3)[1:]])[:-1]
        if len(corners) < 3:
            continue
        after = np.roll(corners, -1, axis=0)
        turn_of = np.sign(0.5 * np.sum(corners[:, 0] * after[:, 1] - after[:, 0] * corners[:, 1]))
        for i, corner in enumerate(corners):
            scale = np.array([np.cos(np.radians(corner[1])), 1.0])
            u, v = (corner - corners[i - 1]) * scale, (after[i] - corner) * scale
            if np.hypot(*u) < 1e-9 or np.hypot(*v) < 1e-9 or turn_of * np.arctan2(u[0] * v[1] - u[1] * v[0], u @ v) < np.radians(12):
                continue
            out = np.array([u[1], -u[0]]) / np.hypot(*u) + np.array([v[1], -v[0]]) / np.hypot(*v)
            out = out / np.hypot(*out) * turn_of
            for off in (14.0, 22.0):
                at = corner + out * off / 111.2 / scale
                at[0] = (at[0] + 180) % 360 - 180
                if abs(at[1]) < 75 and not sea.wide[int((at[1] + 90) / STEP), int((at[0] + 180) / STEP) % W]:
                    found.append(at)
                    break
    found, dropped = np.array(found), set()
    for a, b in sorted(cKDTree(xyz(found)).query_pairs(25 / R)):
        if a not in dropped:
            dropped.add(b)
    return found[[i for i in range(len(found)) if i not in dropped]]


class Charts:
    """A graph that grows: edges as sets, any-angle paths over it."""

    def __init__(self, sea, places, first_port, ports):
        self.sea, self.place, self.unit, self.list = sea, places, xyz(places), xyz(places).tolist()
        self.port = range(first_port, first_port + ports)
        self.near, self.edges, self.seen = [[] for _ in places], set(), {}

    def km(self, a, b):
        x, y = self.list[a], self.list[b]
        return R * math.acos(max(-1.0, min(1.0, x[0] * y[0] + x[1] * y[1] + x[2] * y[2])))

    def add(self, a, b):
        edge = (min(a, b), max(a, b))
        if a != b and edge not in self.edges:
            self.edges.add(edge)
            self.near[a].append((b, self.km(a, b)))
            self.near[b].append((a, self.km(a, b)))

    def sees(self, a, b):
        edge = (min(a, b), max(a, b))
        if edge not in self.seen:
            self.seen[edge] = self.sea.open(self.unit[a], self.unit[b])
        return self.seen[edge]

    def straight(self, source):
        """Lazy Theta*: parents of every point reached from a port; other ports are ends."""
        far, parent, done, heap = {source: 0.0}, {source: source}, {}, [(0.0, source)]
        while heap:
            km, u = heapq.heappop(heap)
            if u in done or km > far[u] + 1e-9:
                continue
            above = parent[u]
            if above not in (u, *(v for v, _ in self.near[u])) and not self.sees(above, u):
                best = min((done[v] + w, v) for v, w in self.near[u] if v in done)
                far[u], parent[u] = best
                heapq.heappush(heap, (far[u], u))
                if best[0] > km + 1e-9:
                    continue
            done[u] = far[u]
            if u in self.port and u != source:
                continue
            above = parent[u]
            for v, w in self.near[u]:
                if v in done:
                    continue
                cost, through = far[u] + w, u
                if above != u and far[above] + self.km(above, v) < cost:
                    cost, through = far[above] + self.km(above, v), above
                if cost < far.get(v, 1e18) - 1e-9:
                    far[v], parent[v] = cost, through
                    heapq.heappush(heap, (cost, v))
        return parent

    def shortcuts(self, sources, ends):
        found = set()
        for at, source in enumerate(sources):
            parent, walked = self.straight(source), set()
            for v in ends:
                while v in parent and parent[v] != v and v not in walked:
                    walked.add(v)
                    edge = (min(v, parent[v]), max(v, parent[v]))
                    if edge not in self.edges:
                        found.add(edge)
                    v = parent[v]
            if at % 20 == 0:
                sys.stderr.write(f"{at + 1} of {len(sources)} ports, {len(found)} shortcuts\n")
        return found


def _thinned(places, rows, apart_km, most):
    chosen = []
    for row in rows:
        if all(circle_km(places[row], places[other]) > apart_km for other in chosen):
            chosen.append(row)
    return chosen[:most]


def gate_bits(places, start, end):
    """Passages of each edge: whether the great circle, in pieces of 40 km, crosses a gate.

    A point on a gate counts as lying east or north of it, so that no way slips through a gate by way of a point on its line.
    """
    unit, km, pieces, owner = xyz(places), circle_km(places[start], places[end]), [], []
    for k, (a, b) in enumerate(zip(start, end, strict=True)):
        part = np.linspace(0, 1, max(int(km[k] / 40), 1) + 1)[:, None]
        at = unit[a] * (1 - part) + unit[b] * part
        at /= np.linalg.norm(at, axis=1, keepdims=True)
        line = np.stack([np.degrees(np.arctan2(at[:, 1], at[:, 0])), np.degrees(np.arcsin(at[:, 2]))], 1)
        line[0], line[-1] = places[a], places[b]
        pieces.append(np.concatenate([line[:-1], line[1:]], axis=1))
        owner.append(np.full(len(line) - 1, k))
    piece, owner = np.concatenate(pieces), np.concatenate(owner)
    a, b = piece[:, :2], piece[:, 2:].copy()
    b[:, 0] = a[:, 0] + (b[:, 0] - a[:, 0] + 180) % 360 - 180

    def side(p, q, r):
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    bits = np.zeros(len(start), np.uint32)
    for number, name in enumerate(PASSAGES):
        g, h = (np.array(one)[None, :] for one in GATES[name])
        crosses = ((side(g, h, a) >= 0) != (side(g, h, b) >= 0)) & (side(a, b, g) * side(a, b, h) < 0)
        bits[np.unique(owner[crosses])] |= np.uint32(1 << number)
    return bits


def mask(names):
    return np.uint32(sum(1 << PASSAGES.index(name) for name in names))


def sailed(places, first_port, ports, seaports, start, end, bits, keep):
    """Edges on a way between two ports, with and without the great canals and straits, besides those to keep."""
    points, used, ends = len(places), keep.copy(), np.arange(first_port, first_port + ports)
    km = np.maximum(circle_km(places[start], places[end]), 1e-6)
    for name, wait in WAIT_KM.items():
        km = km + np.where(bits & mask([name]), wait, 0.0)
    number = {}
    for k, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        number[a, b] = number[b, a] = k
    for shut in CLOSURES:
        live = (bits & (mask(["northwest", "northern_sea_route"]) | mask(shut))) == 0
        tail, head = np.concatenate([start[live], end[live]]), np.concatenate([end[live], start[live]])
        head = np.where((head >= first_port) & (head < first_port + ports), head + points, head)
        graph = csr_matrix((np.tile(km[live], 2), (tail, head)), shape=(2 * points, 2 * points))
        for source in seaports:
            _, before = dijkstra(graph, indices=source, return_predecessors=True)
            at, walked = ends + points, set()
            while True:
                at = at[before[at] >= 0]
                steps = set(zip(before[at].tolist(), np.where(at >= points, at - points, at).tolist(), strict=True)) - walked
                if not steps:
                    break
                walked |= steps
                at = np.array(sorted({one for one, _ in steps}))
            for step in walked:
                used[number[step]] = True
    return used


def main(arguments=None):
    """Build the network and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=10_000, help="ports to look from at most")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args(arguments)
    spec = importlib.util.find_spec("searoute")
    if spec is None or not spec.submodule_search_locations:
        parser.error("searoute is not installed: pip install --no-deps searoute==1.6.0")
    points, start, end, told, features = marnet(Path(spec.submodule_search_locations[0]) / "data")
    sea, n = Sea(), len(points)
    place = np.array([one["geometry"]["coordinates"] for one in features])
    code = [one["properties"]["port"] for one in features]
    flagged = np.flatnonzero([one["properties"].get("t") == 1.0 for one in features])
    corner = capes(sea)
    every = np.concatenate([points, place, corner])
    unit, q, lane = xyz(every), len(place), told != "northwest"
    tree, cape_tree = cKDTree(unit[:n]), cKDTree(unit[n + q :])

    first = Charts(sea, every, n, q)
    for a, b in zip(start[lane].tolist(), end[lane].tolist(), strict=True):
        first.add(a, b)
    joins, sees = [], np.zeros(q, bool)
    for port in flagged.tolist():
        far, near = tree.query(unit[n + port], k=16)
        for rank, (chord, at) in enumerate(zip(far, near, strict=True)):
            if 2 * R * np.arcsin(chord / 2) > 400 and rank:
                break
            seen = sea.open(unit[n + port], unit[at])
            sees[port] |= seen
            if seen or not rank:
                joins.append((n + port, int(at)))
    for a, b in joins:
        first.add(a, b)
    ends = [n + port for port in flagged.tolist()]
    short = first.shortcuts([n + port for port in _thinned(place, flagged.tolist(), 60, chosen.sources)], ends)

    second, extra = Charts(sea, every, n, q), []
    for a, b in first.edges | short:
        second.add(a, b)
    for at in range(len(corner)):
        here = n + q + at
        for near_tree, base, count, most, reach in ((tree, 0, 14, 7, 700), (cape_tree, n + q, 12, 6, 900)):
            kept = 0
            for chord, other in zip(*near_tree.query(unit[here], k=count), strict=True):
                if base + other != here and chord * R <= reach and kept < most and sea.open(unit[here], unit[base + other]):
                    extra.append((here, base + int(other)))
                    kept += 1
    for port in flagged.tolist():
        for chord, other in zip(*cape_tree.query(unit[n + port], k=6), strict=True):
            if chord * R < 500 and sea.open(unit[n + port], unit[n + q + other]):
                extra.append((n + port, n + q + int(other)))
    for a, b in extra:
        second.add(a, b)
    more = second.shortcuts([n + port for port in _thinned(place, flagged.tolist(), 130, chosen.sources)], ends)

    samples = []
    for a, b in zip(start, end, strict=True):
        count = int(circle_km(points[a], points[b]) / 10) + 1
        part = (np.arange(count) / count)[:, None]
        at = unit[a] * (1 - part) + unit[b] * part
        samples.append(at / np.linalg.norm(at, axis=1, keepdims=True))
    off_km = cKDTree(np.concatenate(samples)).query(unit[n : n + q])[0] * R
    joined = sees | (off_km < 60)
    lakes = (place[:, 0] > -93) & (place[:, 0] < -75.6) & (place[:, 1] > 41.2) & (place[:, 1] < 49)
    seaport = np.isin(np.arange(q), flagged) & joined & ~lakes & ~np.isin(code, MISPLACED)
    have = {port - n for port, _ in joins}
    at_sea = np.concatenate([np.arange(n), np.arange(n + q, len(every))])
    all_tree = cKDTree(unit[at_sea])
    for port in (port for port in range(q) if port not in have and off_km[port] < 60):
        far, near = all_tree.query(unit[n + port], k=6)
        seen = [int(one) for chord, one in zip(far, at_sea[near], strict=True) if chord * R < 300 and sea.open(unit[n + port], unit[one])]
        joins += [(n + port, one) for one in seen or [int(tree.query(unit[n + port])[1])]]
    made = {(min(edge), max(edge)) for edge in (*joins, *short, *more, *extra)}
    made = sorted(edge for edge in made if all(not n <= one < n + q or joined[one - n] for one in edge))
    tail, head = (np.concatenate([lanes, [edge[k] for edge in made]]).astype(int) for k, lanes in ((0, start), (1, end)))
    own, bits = np.arange(len(tail)) < len(start), gate_bits(every, tail, head)
    sure = own | ((bits & mask(STRAITS)) == 0)
    tail, head, bits, own = tail[sure], head[sure], bits[sure], own[sure]
    used = sailed(every, n, q, n + np.flatnonzero(seaport), tail, head, bits, own)
    ends_at = [set(np.where((one >= n) & (one < n + q), one, -1)[used].tolist()) for one in (tail, head)]
    for k in np.flatnonzero(~used):
        port = next((int(one) for one in (tail[k], head[k]) if n <= one < n + q), None)
        used[k] = port is not None and port not in ends_at[0] | ends_at[1]
    tail, head, bits = tail[used], head[used], bits[used]
    kept = [one for one in range(n + q, len(every)) if one in {*tail.tolist(), *head.tolist()}]
    order = np.array([*range(n), *kept, *range(n, n + q)])
    new = np.full(len(every), -1)
    new[order] = np.arange(len(order))
    np.savez_compressed(
        chosen.out, longitude=np.round(every[order, 0] * 1e5).astype(np.int32), latitude=np.round(every[order, 1] * 1e5).astype(np.int32),
        start=new[tail].astype(np.uint16), end=new[head].astype(np.uint16), passages=bits, names=np.array(PASSAGES), port_code=np.array(code),
        port_name=np.array([one["properties"]["name"] for one in features]), seaport=seaport, off_km=off_km.astype(np.float32),
    )  # fmt: skip
    sys.stderr.write(f"{chosen.out}: {len(order)} points, {len(tail)} edges, {int(seaport.sum())} seaports\n")


if __name__ == "__main__":
    main()
