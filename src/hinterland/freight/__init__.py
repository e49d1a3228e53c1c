"""Freight: routes over land and sea, and what the legs of a lane cost, emit and take in days."""

from hinterland.freight.activity import activity_km
from hinterland.freight.geodesy import great_circle_km
from hinterland.freight.land import CIRCUITY, landmasses
from hinterland.freight.legs import Legs, parse_legs
from hinterland.freight.passages import PASSAGES, passage_bits, passage_id, passage_names, split_passages
from hinterland.freight.ports import nearest_ports, port_country, port_problem, port_rows, ports_at_home
from hinterland.freight.rates import LegRates, lane_sums, match_rates
from hinterland.freight.routes import QUAY_KM, Atlas, Routes, find_routes, unroutable
from hinterland.freight.sea import SeaNetwork, sea_network

__all__ = [
    "CIRCUITY",
    "PASSAGES",
    "QUAY_KM",
    "Atlas",
    "LegRates",
    "Legs",
    "Routes",
    "SeaNetwork",
    "activity_km",
    "find_routes",
    "great_circle_km",
    "landmasses",
    "lane_sums",
    "match_rates",
    "nearest_ports",
    "parse_legs",
    "passage_bits",
    "passage_id",
    "passage_names",
    "port_country",
    "port_problem",
    "port_rows",
    "ports_at_home",
    "sea_network",
    "split_passages",
    "unroutable",
]
