"""Errors, units, money, calendar, progress and digests: what every room may use."""
