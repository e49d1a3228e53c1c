"""Write the pages of docs/ that are made from the code: cli, house, kpis, mathematics, problems, tables. `--check` only compares."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def _cli() -> str:
    from typer.main import get_command

    import hinterland.cli.commands as commands

    command = get_command(commands.app)
    parts = ["# Command line\n", "Made from the program's own help. Results go to stdout, progress and problems to stderr.\n"]
    names = sorted(command.commands)
    for name in ["", *names]:
        one = command if not name else command.commands[name]
        title = f"hinterland {name}".strip()
        context = one.make_context(title, [], resilient_parsing=True)
        context.max_content_width, context.terminal_width = 100, 100
        parts.append(f"## `{title}`\n\n```text\n{one.get_help(context).strip()}\n```\n")
    parts.append("## Exit codes\n\n| code | meaning |\n|---|---|")
    meaning = {
        "done": "done",
        "defect": "a defect of hinterland: please report it",
        "tables": "your tables, scenario or plan, or a place that cannot be written: every problem is listed",
        "infeasible": "no plan keeps every hard rule: what clashes and what would have to give is told",
        "time": "`--seconds` were over before a first plan was found: nothing is kept, give it more",
        "stopped": "stopped by Ctrl-C: the best plan so far is kept where there is one",
    }
    from hinterland.cli.endings import CODES

    parts += [f"| {code} | {meaning[name]} |" for name, code in CODES.items()]
    return "\n".join(parts) + "\n"


def _mathematics() -> str:
    import hinterland.design.blocks as blocks

    parts = [
        "# The model's rows\n",
        "Every constraint block is one function; the sentence is its docstring, and a golden text of its rows is tested.\n",
        "Decisions, all ≥ 0 and amounts of a period: `flow` (x, lane and product), `made` (y, line and vintage: existing or the period in",
        "which its modules start), `bought` (b, offer), `stock` (i, only where `stocks` has a row), `disposed` (w, where the product may be",
        "thrown away), `short` (u, demand not delivered), `open`, `start`, `stop` (0 or 1, only for candidate, committed and paused sites),",
        "`module` (n, whole), `lane_used`, `lane_tested`, `group_used` (0 or 1), `broken` (violation of a soft policy), and, where a duty",
        "or a credit hangs on them, `claimed` (of an output), `clean` (of an input's use), `carried` (of a flow), `claim_all` (0 or 1, per",
        "lot), `spoilt` (thrown away of what was claimed), `refunded` (of a flow). A lot is what a site makes of a product in a period under one way to meet one",
        "rule; u is the use of an input per unit, θ a threshold. a_t is the length of",
        "period t in calendar years; w the share of a period's days that a dated row covers; M a largest quantity read off the data.\n",
        "Objectives are minimised in the order of `settings.objective`, each keeping those before within the tolerance: shortage (its cost",
        "steers and is no real cost), cost (real money of base_date, plus the penalties of soft policies, which steer), co2e (kilograms).\n",
    ]
    for module in sorted(pkgutil.iter_modules(blocks.__path__), key=lambda one: one.name):
        loaded = importlib.import_module(f"hinterland.design.blocks.{module.name}")
        parts.append(f"## {module.name}: {(loaded.__doc__ or '').strip()}\n")
        for name in sorted(loaded.__all__):
            text = inspect.getdoc(getattr(loaded, name)) or ""
            parts.append(f"- `{name}`: " + " ".join(line.strip() for line in text.splitlines() if line.strip()))
        parts.append("")
    return "\n".join(parts)


def _house() -> str:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][0]
    there = {path.name for path in (ROOT / "src" / "hinterland").iterdir() if (path / "__init__.py").is_file()}
    parts = [
        "# The house\n",
        "Rooms are folders under `src/hinterland`; imports only point down, rooms on one line never meet. `make check` proves it.\n",
        "```text",
    ]
    modules = []
    for layer in contract["layers"]:
        rooms = [room.strip(" ()") for room in layer.split("|")]
        here = [room for room in rooms if room in there]
        modules += here
        for room in here:
            loaded = importlib.import_module(f"hinterland.{room}")
            parts.append(f"{' | '.join(here):<26}{room + ': ' if len(here) > 1 else ''}{(loaded.__doc__ or '').strip().splitlines()[0]}")
    parts.append("```\n")
    for room in modules:
        parts.append(f"## {room}\n")
        folder = ROOT / "src" / "hinterland" / room
        for file in sorted(folder.rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            first = text.split('"""')[1].strip().splitlines()[0] if '"""' in text else ""
            parts.append(f"- `{file.relative_to(folder)}`: {first}")
        parts.append("")
    return "\n".join(parts)


def _pages() -> dict[str, Callable[[], str]]:
    from hinterland.comparison import describe as figures
    from hinterland.tables import describe as tables

    return {"cli.md": _cli, "mathematics.md": _mathematics, "house.md": _house, **tables.PAGES, **figures.PAGES}


def main() -> None:
    """Write the pages, or with --check say which are not as the code has it."""
    stale = []
    for name, make in _pages().items():
        path, text = DOCS / name, make()
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"not as the code has it: {', '.join(stale)}; run `make docs`\n")
        raise SystemExit(1)


if __name__ == "__main__":
    main()
