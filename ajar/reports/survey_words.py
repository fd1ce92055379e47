"""The words that a survey's outputs share."""

from __future__ import annotations

from ajar.model.surveyed import Figure, Group, Hands, Index, Share, Surveyed

UNKNOWN = "not known"
READ = (
    "A share is of what is known; in brackets its 95 % interval. `unknown` are releases of which the survey does not "
    "know it, and no share counts them."
)
_NO_SHARE = 0.0005  # shown as 0 %


def basis(found: Surveyed) -> str:
    """What the figures rest on, in one or two sentences."""
    if not found.n:
        return "The store holds no release yet: there is nothing to tell."
    words = f"{found.n:,} releases, of which {found.failed:,} could not be audited"
    if found.unfinished:
        words += f"; {found.unfinished:,} more are listed and not yet done, so that these figures will change"
    if not found.is_sample:
        return f"{words}. All that were listed: an interval says how far chance alone would move a share of so many."
    return (
        f"{words}. A random sample, weighed to stand for the {found.stands_for:,.0f} that were listed: "
        "an interval is what sampling leaves open."
    )


def name_of(group: Group) -> str:
    return UNKNOWN if group.name is None else group.name


def share_words(share: Share) -> str:
    """`34 % (30–38)`."""
    return f"{share.value:.1%} ({100 * share.low:.1f}–{100 * share.high:.1f})"


def summary(figure: Figure) -> str:
    """The chart in a sentence: of the largest group, what is most."""
    told = [
        (group, max(group.shares, key=lambda share: share.value))
        for group in figure.groups
        if group.name is not None and group.shares and max(share.value for share in group.shares) > _NO_SHARE
    ]
    if not told:
        return "Nothing of this is known."
    group, share = max(told, key=lambda pair: pair[0].stands_for)
    return f"Of {name_of(group)} (n = {group.n:,}, unknown {group.unknown:,}) most are {share.category}: {share_words(share)}."


def year_of(row: Hands) -> str:
    return "all" if row.year is None else str(row.year)


def index_words(index: Index | None, places: int) -> str:
    if index is None:
        return "–"
    if index.low is None or index.high is None:
        return f"{index.value:,.{places}f}"
    return f"{index.value:,.{places}f} ({index.low:,.{places}f}–{index.high:,.{places}f})"


def largest_words(row: Hands) -> str:
    return ", ".join(f"{name} {share:.1%}" for name, share in row.largest[:3]) or "–"
