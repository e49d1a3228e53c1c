"""Trade: dated duties. Stacks beyond addition, origin tests and refunds come with a later part."""

from hinterland.trade.duties import DutyRule, duty_share

__all__ = ["DutyRule", "duty_share"]
