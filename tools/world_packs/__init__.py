"""Packs that come with the package, by subject."""
