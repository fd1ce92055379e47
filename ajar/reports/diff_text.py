"""A diff for people and for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ajar.model.change import Change, Diff
from ajar.reports.plain import visible

SCHEMA = "ajar-diff/1"
_FILES = 12
_COMMIT = re.compile(r"@([0-9a-f]{10})[0-9a-f]{30}(?![0-9a-f])")


def render(diff: Diff) -> str:
    """The headline, then the changes by what they are about."""
    lines = [f"{_short(diff.before)}  →  {_short(diff.after)}", "", f"  {visible(diff.headline)}", ""]
    about, shown, left = "", 0, 0
    for change in _merged(diff.changes):
        if change.about != about:
            lines += [*([f"    and {left} more"] if left else []), f"  {change.about}"]
            about, shown, left = change.about, 0, 0
        if about == "file" and shown >= _FILES:
            left += 1
            continue
        shown += 1
        mark = "!" if change.is_worse else " "
        nothing = "not there" if about in {"file", "safety"} else "nothing"
        was, now = visible(change.before) or nothing, visible(change.after) or nothing
        lines.append(f"  {mark} {visible(change.what)}: {was} → {now}")
    if left:
        lines.append(f"    and {left} more")
    return "\n".join(lines).rstrip()


def _short(target: str) -> str:
    """A target with the first ten letters of its commit, as hosts show it."""
    return visible(_COMMIT.sub(r"@\1", target))


def _merged(changes: Sequence[Change]) -> Iterator[Change]:
    """The same change of several parts' licences told once."""
    left = list(changes)
    while left:
        first = left.pop(0)
        stem = "licence of the "
        if first.what.startswith(stem):
            same = [
                other
                for other in left
                if other.what.startswith(stem) and replace(other, what=first.what) == first
            ]
            left = [other for other in left if other not in same]
            parts = [other.what.removeprefix(stem) for other in (first, *same)]
            first = replace(
                first, what=stem + (f"{', '.join(parts[:-1])} and {parts[-1]}" if same else parts[0])
            )
        yield first


def dumps(diff: Diff) -> str:
    rows = [
        {"about": c.about, "what": c.what, "before": c.before, "after": c.after, "is_worse": c.is_worse}
        for c in diff.changes
    ]
    body = {
        "schema": SCHEMA,
        "before": diff.before,
        "after": diff.after,
        "headline": diff.headline,
        "changes": rows,
    }
    return json.dumps(body, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"
