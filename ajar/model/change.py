"""What differs between two reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise now. Empty text where there was or is nothing."""

    about: str  # licence | safety | door | verdict | right | component | file | claim | host
    what: str
    before: str
    after: str
    is_worse: bool = False  # less open, less allowed, or less safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Two releases, or one at two revisions. Changes stand in the order of their weight."""

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def headline(self) -> str:
        """The change that a reader must not miss."""
        if not self.changes:
            same = self.before == self.after and "@" in self.before
            return f"nothing that ajar looks at has changed{': it is the same revision' if same else ''}"
        first = self.changes[0]
        worse = (
            ", which is no longer as open"
            if first.about == "licence" and first.is_worse and first.after
            else ""
        )
        return f"{first.what}: {first.before or 'nothing'} → {first.after or 'nothing'}{worse}"
