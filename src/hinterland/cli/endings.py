"""How a command ends: exit codes, problems as a table, and what does not fit on a screen in a file.

0 done · 1 a defect of hinterland · 2 your tables or places to write · 3 no plan keeps every rule · 4 no plan found in the time · 130 stopped.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import traceback
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.core.errors import Cancelled, HinterlandError, InfeasibleDesign, InvalidTables, Issue, OutOfTime, UnprovenPlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["CODES", "ended_well", "refuse_foreign", "show_issues"]

CODES = {"done": 0, "defect": 1, "tables": 2, "infeasible": 3, "time": 4, "stopped": 130}
_SHOWN = 20
_HEADER = ("severity", "table", "row", "column", "code", "what", "why", "fix")


def safe_cell(text: object) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> safe_cell("=1+1"), safe_cell("lanes")
    ("'=1+1", 'lanes')
    """
    plain = "" if text is None else str(text)
    return f"'{plain}" if plain[:1] in {"=", "+", "-", "@", "\t", "\r"} else plain


def _to_file(issues: Sequence[Issue], path: Path | None) -> Path:
    """Write every problem to `path`, or, where none is named, to a new file among the temporary ones."""
    if path is None:
        with tempfile.NamedTemporaryFile(prefix="hinterland-problems-", suffix=".csv", delete=False) as made:
            path = Path(made.name)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_HEADER)
        for one in issues:
            cells = (one.severity, one.table, one.row, one.column, one.code, one.what, one.why, one.fix)
            writer.writerow([safe_cell(cell) for cell in cells])
    return path


def refuse_foreign(path: Path) -> None:
    """Raise InvalidTables where a file that is no list of problems would be written over, or nothing can be written."""
    try:
        taken = path.exists() and not path.read_text(encoding="utf-8").startswith(",".join(_HEADER))
        if not taken and path.absolute().parent.is_dir():
            return
        why = "nothing but an older list of problems is written over" if taken else f"{path.absolute().parent} is no folder"
    except (OSError, ValueError) as broken:
        why = str(broken)[:200]
    what = f"problems cannot be written to {path}"
    raise InvalidTables([Issue("out", None, None, "not_writable", what, why, "name another file")])


def show_issues(issues: Sequence[Issue], *, stream: str = "stderr", out: Path | None = None) -> None:
    """Print the first 20 problems as a table; all go to `out`, or to a temporary file where there are more and none is named."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=stream == "stderr")
    shown = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 0))
    for _ in range(3):
        shown.add_column(overflow="fold")
    marks = {"error": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "cyan")}
    for one in issues[:_SHOWN]:
        mark, colour = marks[one.severity]
        place = one.table + (f" row {one.row}" if one.row else "")
        told = Text.assemble((one.what, "bold"), f"\n{one.why} [{one.code}]\n", ("fix: ", "dim"), one.fix)
        shown.add_row(Text(mark, style=colour), Text(f"{place}\n{one.column or ''}"), told)
    console.print(shown)
    counts = {kind: sum(one.severity == kind for one in issues) for kind in marks}
    words = ", ".join(f"{count} {kind}{'s' if count != 1 else ''}" for kind, count in counts.items() if count)
    console.print(Text(words or "no problems"))
    if out is not None or len(issues) > _SHOWN:
        shown_first = f"the first {_SHOWN} are shown; " if len(issues) > _SHOWN else ""
        console.print(Text(f"{shown_first}all {len(issues)} are in {_to_file(issues, out)}"), soft_wrap=True)


def _told(error: HinterlandError) -> dict[str, object]:
    """An error as JSON says it."""
    said: dict[str, object] = {"error": type(error).__name__, "message": str(error)}
    if hasattr(error, "issues"):
        said["problems"] = [asdict(one) for one in error.issues]
    if isinstance(error, InfeasibleDesign):
        said |= {"conflict": list(error.conflict), "relaxed": list(error.relaxed), "irreducible": error.irreducible}
    return said


def _words(error: HinterlandError) -> None:
    if hasattr(error, "issues"):
        show_issues(error.issues)
    elif isinstance(error, InfeasibleDesign):
        lines = ["no plan keeps every rule."]
        if error.conflict:
            kind = "these cannot hold together" if error.irreducible else "these are involved (not irreducible)"
            lines += [f"{kind}:", *(f"  · {one}" for one in error.conflict)]
        if error.relaxed:
            lines += ["the least that would have to give:", *(f"  · {one}" for one in error.relaxed)]
        sys.stderr.write("\n".join(lines) + "\n")
    else:
        sys.stderr.write(f"{error}\n")


def _code(error: HinterlandError) -> int:
    if isinstance(error, Cancelled):
        return CODES["time" if isinstance(error, OutOfTime) else "stopped"]
    if isinstance(error, InfeasibleDesign):
        return CODES["infeasible"]
    return CODES["defect"] if isinstance(error, UnprovenPlan) else CODES["tables"]


@contextmanager
def ended_well(*, as_json: bool) -> Iterator[None]:
    """Turn what goes wrong inside into words (or JSON) and the documented exit code."""
    try:
        yield
    except HinterlandError as error:
        if as_json:
            sys.stdout.write(json.dumps(_told(error), indent=2, default=str) + "\n")
        else:
            _words(error)
        raise SystemExit(_code(error)) from None
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        raise SystemExit(CODES["stopped"]) from None
    except BrokenPipeError:
        raise SystemExit(CODES["done"]) from None
    except OSError as broken:  # a full disk, a place that takes no files
        message = f"{broken.filename or 'a file'} cannot be read or written: {broken.strerror or broken}"
        sys.stderr.write(f"{message}\n")
        if as_json:
            sys.stdout.write(json.dumps({"error": "OSError", "message": message}) + "\n")
        raise SystemExit(CODES["tables"]) from None
    except Exception as defect:
        traceback.print_exc(limit=-6)
        sys.stderr.write("this is a defect of hinterland, not of your tables: please report it with the lines above\n")
        if as_json:
            sys.stdout.write(json.dumps({"error": "defect", "message": f"{type(defect).__name__}: {defect}"}) + "\n")
        raise SystemExit(CODES["defect"]) from None
