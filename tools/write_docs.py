"""Write the pages of docs/ that are made from the code: cli.md, mathematics.md, house.md. `--check` only compares."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import tomllib
from pathlib import Path

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
        "tables": "your tables, scenario or plan: every problem is listed",
        "infeasible": "no plan keeps every hard rule: what clashes and what would have to give is told",
        "stopped": "stopped by Ctrl-C: the best plan so far is kept where there is one",
    }
    from hinterland.cli.endings import CODES

    parts += [f"| {code} | {meaning[name]} |" for name, code in CODES.items()]
    return "\n".join(parts) + "\n"


def _mathematics() -> str:
    import hinterland.design.blocks as blocks

    parts = [
        "# The model's rows\n",
        "Every constraint block is one function; the sentence is its docstring. Symbols and sets are those of `docs/house.md` and the",
        "tables of `docs/tables.md`; a_t is the length of period t in calendar years.\n",
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


PAGES = {"cli.md": _cli, "mathematics.md": _mathematics, "house.md": _house}


def main() -> None:
    """Write the pages, or with --check say which are not as the code has it."""
    stale = []
    for name, make in PAGES.items():
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
