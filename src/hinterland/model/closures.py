"""Days on which passages are closed, as spans in which the same ones are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hinterland.freight import passage_bits, passage_id

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Span", "closed_spans"]

Span = tuple[date | None, date | None, int]
"""First day, last day (None: without end), bits of the passages closed."""
_DAY = timedelta(days=1)


def closed_spans(closures: pl.DataFrame) -> list[Span]:
    """Time cut into spans with the passages closed in each; one span without closures.

    >>> import polars as pl
    >>> rows = {"passage": ["suez"], "valid_from": [date(2027, 1, 1)], "valid_to": [date(2027, 6, 30)]}
    >>> [(str(first), str(last), bool(bits)) for first, last, bits in closed_spans(pl.DataFrame(rows))]
    [('None', '2026-12-31', False), ('2027-01-01', '2027-06-30', True), ('2027-07-01', 'None', False)]
    """
    rows = [
        (first or date.min, last or date.max, passage_bits([passage]))
        for passage, first, last in closures.select("passage", "valid_from", "valid_to").iter_rows()
        if passage is not None and passage_id(passage)
    ]
    cuts = {date.min} | {first for first, _, _ in rows} | {last + _DAY for _, last, _ in rows if last < date.max}
    spans: list[Span] = []
    starts = sorted(cuts)
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        bits = 0
        for first, last, one in rows:
            if first <= start <= last:
                bits |= one
        before = spans[-1] if spans else None
        end = after - _DAY if after else None
        opens = start if start > date.min else None
        if before is not None and before[2] == bits:
            spans[-1] = (before[0], end, bits)
        else:
            spans.append((opens, end, bits))
    return spans
