"""Freight: legs of a lane and what they cost, emit and take in days. Routes over real networks come with a later part."""

from hinterland.freight.legs import Legs, parse_legs
from hinterland.freight.rates import LegRates, lane_sums, match_rates

__all__ = ["LegRates", "Legs", "lane_sums", "match_rates", "parse_legs"]
