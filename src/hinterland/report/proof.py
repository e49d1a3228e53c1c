"""How far each plan is proved, for the first screen: status, gap, the check without the solver, digests, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hinterland.report.numbers import number, power, share

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["digests", "proof_line", "proof_rows", "versions"]

_NONE = "–"
_WORDS = {"whole_numbers": "integers"}


def _numeric(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _told(board: Board, key: str) -> list[object]:
    return [board.proofs.get(one, {}).get(key) for one in board.strategies]


def _size(value: object) -> str:
    if not isinstance(value, Mapping):
        return _NONE
    return ", ".join(f"{count:,.0f} {_WORDS.get(word, word)}" for word, one in value.items() if (count := _numeric(one)) is not None)


def proof_rows(board: Board) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is proved of each plan: (question, per strategy (answer, style)); style is good, bad, code or empty."""
    status = [(str(one) if one else "no proof", "good" if one == "optimal" else "bad") for one in _told(board, "status")]
    verified = [("yes", "good") if one is True else ("no", "bad") if one is False else (_NONE, "") for one in _told(board, "verified")]
    shares = [(share(_numeric(one)), "") for one in _told(board, "gap_share")]
    errors = [(power(_numeric(one)), "") for one in _told(board, "verify_max_relative_error")]
    seconds = [(f"{number(size)} s" if (size := _numeric(one)) is not None else _NONE, "") for one in _told(board, "seconds")]
    return [
        ("Solver status", status),
        ("Gap to the proven bound", shares),
        ("Verified without the solver", verified),
        ("Largest relative error", errors),
        ("Input digest", [(str(one)[:12] if one else _NONE, "code") for one in _told(board, "input_digest")]),
        ("Seed", [(_NONE if one is None else str(one), "") for one in _told(board, "seed")]),
        ("Solve time", seconds),
        ("Model size", [(_size(one), "small") for one in _told(board, "size")]),
    ]


def proof_line(board: Board) -> str:
    """The proof of all plans in one sentence."""
    verified = sum(one is True for one in _told(board, "verified"))
    errors = [size for one in _told(board, "verify_max_relative_error") if (size := _numeric(one)) is not None]
    gaps = [size for one in _told(board, "gap_share") if (size := _numeric(one)) is not None]
    seeds = sorted({str(one) for one in _told(board, "seed") if one is not None})
    parts = [f"{verified} of {len(board.strategies)} plans verified without the solver"]
    if errors:
        parts[0] += f", largest relative error {power(max(errors))}"
    if gaps:
        parts.append(f"largest gap {share(max(gaps), 2)}")
    if seeds:
        parts.append(f"seed {', '.join(seeds)}")
    return "; ".join(parts)


def versions(board: Board) -> str:
    """Versions of what solved the plans."""
    found: dict[str, set[str]] = {}
    for one in _told(board, "versions"):
        for name, value in one.items() if isinstance(one, Mapping) else ():
            found.setdefault(str(name), set()).add(str(value))
    return ", ".join(f"{name} {'/'.join(sorted(held))}" for name, held in sorted(found.items()))


def digests(board: Board) -> list[tuple[str, str]]:
    """Digest of each plan's inputs in full."""
    return [(one, str(digest or _NONE)) for one, digest in zip(board.strategies, _told(board, "input_digest"), strict=True)]
