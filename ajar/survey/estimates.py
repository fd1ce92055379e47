"""Shares and their intervals, of a whole listing or of a stratified sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # of 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One stratum's part of a share: `sampled` of `size` releases; of these `known` in the group, `hits` of them so."""

    size: float
    sampled: int
    known: int
    hits: int


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's interval of a share among `n`. See Wilson, J. Am. Stat. Assoc. 22 (1927) 209."""
    if n <= 0:
        return 0.0, 1.0
    centre = share + Z * Z / (2 * n)
    spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    return max((centre - spread) / whole, 0.0), min((centre + spread) / whole, 1.0)


def estimate(cells: Iterable[Cell], *, is_sample: bool) -> tuple[float, float, float]:
    """A share of a group and its interval.

    Of a sample the share is a ratio of weighted sums; its variance is that of its linear part within the strata,
    with the correction for what each stratum has left, and Wilson's interval is taken at the number of releases of
    a simple sample that would vary as much. Without a sample the interval is that of so many draws.
    """
    held = [cell for cell in cells if cell.known]
    known = sum(cell.known * cell.size / cell.sampled for cell in held)
    if not known:
        return 0.0, 0.0, 1.0
    share = sum(cell.hits * cell.size / cell.sampled for cell in held) / known
    n = sum(cell.known for cell in held)
    if not is_sample:
        return (share, *wilson(share, n))
    if all(cell.sampled >= cell.size for cell in held):
        return share, share, share
    if not 0 < share < 1:
        return (share, *wilson(share, n))
    variance = sum(_variance(cell, share) for cell in held) / known**2
    if not variance:
        return (share, *wilson(share, n))
    return (share, *wilson(share, share * (1 - share) / variance))


def _variance(cell: Cell, share: float) -> float:
    """Of the sum of `hit - share` over the group's releases in a stratum; those outside the group count nothing."""
    misses = cell.known - cell.hits
    total = cell.hits * (1 - share) - misses * share
    squares = cell.hits * (1 - share) ** 2 + misses * share**2
    spread = squares - total * total / cell.sampled if cell.sampled > 1 else squares
    left = max(1 - cell.sampled / cell.size, 0.0)
    return cell.size**2 * left * spread / max(cell.sampled - 1, 1) / cell.sampled
