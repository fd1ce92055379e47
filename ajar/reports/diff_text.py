"""A diff for people and for programs."""

from __future__ import annotations

import json

from ajar.model.change import Diff
from ajar.reports.plain import visible

SCHEMA = "ajar-diff/1"
_FILES = 12


def render(diff: Diff) -> str:
    """The headline, then the changes by what they are about."""
    lines = [f"{visible(diff.before)}  →  {visible(diff.after)}", "", f"  {visible(diff.headline)}", ""]
    about, shown, left = "", 0, 0
    for change in diff.changes:
        if change.about != about:
            lines += [*([f"    and {left} more"] if left else []), f"  {change.about}"]
            about, shown, left = change.about, 0, 0
        if about == "file" and shown >= _FILES:
            left += 1
            continue
        shown += 1
        mark = "!" if change.is_worse else " "
        was, now = visible(change.before) or "nothing", visible(change.after) or "nothing"
        lines.append(f"  {mark} {visible(change.what)}: {was} → {now}")
    if left:
        lines.append(f"    and {left} more")
    return "\n".join(lines).rstrip()


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
