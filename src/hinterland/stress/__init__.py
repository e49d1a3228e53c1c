"""Stress: plans moved through what may happen, and what is lost while a node is down."""
