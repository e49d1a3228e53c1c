"""Modules of the builder of the sample `battery_gen6`."""
