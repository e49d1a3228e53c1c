"""Design: the mixed-integer model of a network, its solution and its proof."""

from hinterland.design.build import Blueprint, build
from hinterland.design.result import DesignResult, Proof
from hinterland.design.solve import design

__all__ = ["Blueprint", "DesignResult", "Proof", "build", "design"]
