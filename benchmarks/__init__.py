"""Sized networks and what hinterland needs to carry them; `python -m benchmarks` lists and runs them."""
