"""Exposure: what is lost while a node is down, and how long nothing is."""
