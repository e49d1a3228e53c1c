"""Every constraint block has its rows held against a text."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import hinterland.design.blocks as blocks


def test_every_block_has_a_test_of_its_rows() -> None:
    """A function of a block module is tested by `test_<its name>` in this folder."""
    named = {
        name
        for module in pkgutil.iter_modules(blocks.__path__)
        for name in importlib.import_module(f"{blocks.__name__}.{module.name}").__all__
    }
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_lp_*.py"))
    tested = set(re.findall(r"^def test_(\w+)\(", texts, flags=re.MULTILINE))
    assert len(named) >= 20
    assert named <= tested, f"no test of the rows of {', '.join(sorted(named - tested))}"
