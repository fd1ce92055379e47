"""What changed between two reports: licences first, since a licence may be swapped under the same name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ajar.model.change import Change, Diff
from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.judgement import DOORS, Door
from ajar.model.report import Report

_ORDER = ("licence", "safety", "door", "right", "component", "verdict", "claim", "host", "file")
_LEVELS = ("clean", "caution", "unknown", "dangerous")
_ANSWERS = ("no", "unknown", "conditional", "yes")
_FILES = 200
_SCOPES = (Scope.WEIGHTS, Scope.CODE, Scope.DATA, Scope.DOCUMENTS)  # what most people take goes first
_UNCHANGED = (MatchKind.EXACT, MatchKind.TEMPLATE)
_WITH_TEXT = (MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.DERIVED, MatchKind.COMPOSITE)


def diff(before: Report, after: Report) -> Diff:
    """Every difference that matters to somebody who used the one and gets the other."""
    changes = [
        *_licences(before, after),
        *_safety(before, after),
        *_door(before, after),
        *_rights(before, after),
        *_components(before, after),
        *_verdicts(before, after),
        *_claims(before, after),
        *_host(before, after),
        *_files(before, after),
    ]
    changes.sort(key=lambda change: (_ORDER.index(change.about), not change.is_worse))
    return Diff(before=str(before.release.locator), after=str(after.release.locator), changes=tuple(changes))


def _licences(before: Report, after: Report) -> Iterator[Change]:
    for scope in _SCOPES:
        was, now = _named(before, scope), _named(after, scope)
        if was != now:
            worse = _is_open(before, scope) and not _is_open(after, scope)
            yield Change(
                about="licence", what=f"licence of the {scope.value}", before=was, after=now, is_worse=worse
            )
    was_texts, now_texts = _texts(before), _texts(after)
    for path in sorted(was_texts.keys() | now_texts.keys()):
        old, new = was_texts.get(path), now_texts.get(path)
        was, now = _in_words(old), _in_words(new)
        if was != now:
            worse = old is not None and (new is None or _says_less(old, new))
            now += _when(after, path) if new is not None else ""
            yield Change(about="licence", what=f"text at {path}", before=was, after=now, is_worse=worse)


def _says_less(old: LicenceMatch, new: LicenceMatch) -> bool:
    """Whether a text stopped being open, or a known one got words that nobody has judged."""
    was_open, is_open = (match.licence.openness.value.startswith("open") for match in (old, new))
    return (was_open and not is_open) or (old.match in _UNCHANGED and new.match not in _UNCHANGED)


def _when(report: Report, path: str) -> str:
    """The commit that last changed a file, as the host states it."""
    told = (
        item for item in report.evidence if item.key == "host.file-changed" and item.location.path == path
    )
    found = next(told, None)
    return f", since {found.quote}" if found is not None else ""


def _named(report: Report, scope: Scope) -> str:
    return ", ".join(
        dict.fromkeys(match.licence.id for match in report.licences if scope in match.applies_to)
    )


def _is_open(report: Report, scope: Scope) -> bool:
    found = [match for match in report.licences if scope in match.applies_to]
    return bool(found) and all(match.licence.openness.value.startswith("open") for match in found)


def _texts(report: Report) -> dict[str, LicenceMatch]:
    return {match.location.path: match for match in report.licences if match.match in _WITH_TEXT}


def _in_words(match: LicenceMatch | None) -> str:
    """A licence and the words that depart from it, so that two modified texts of one name differ."""
    if match is None:
        return ""
    words = "; ".join(f"{item.change} “{item.text[:120]}”" for item in match.differences[:3])
    return f"{match.licence.id} ({match.match.value}{f': {words}' if words else ''})"


def _safety(before: Report, after: Report) -> Iterator[Change]:
    was, now = before.safety.level, after.safety.level
    if was != now:
        worse = _LEVELS.index(now) > _LEVELS.index(was)
        yield Change(about="safety", what="safe to load", before=was, after=now, is_worse=worse)
    old = {file.path: file.level for file in before.safety.files}
    for file in after.safety.files:
        level = old.get(file.path, "clean" if file.path in {item.path for item in before.files} else "")
        if file.level not in {level, "clean"}:
            first = file.findings[0].message if file.findings else "could not be looked at"
            what = f"{file.path}: {first}"[:300]
            yield Change(about="safety", what=what, before=level, after=file.level, is_worse=True)


def _door(before: Report, after: Report) -> Iterator[Change]:
    for name, read in (("proven", "at_least"), ("declared", "declared"), ("possible", "at_most")):
        was, now = getattr(before.verdict("g7"), read), getattr(after.verdict("g7"), read)
        if was != now:
            worse = DOORS.index(Door(now)) < DOORS.index(Door(was))
            yield Change(about="door", what=f"the door, {name}", before=was, after=now, is_worse=worse)


def _rights(before: Report, after: Report) -> Iterator[Change]:
    old = {right.id: right.answer for right in before.rights}
    for right in after.rights:
        was = old.get(right.id, "")
        if was != right.answer:
            bad = right.id != "revocable"
            lower = _rank(right.answer) < _rank(was) if was else False
            yield Change(about="right", what=right.id, before=was, after=right.answer, is_worse=lower is bad)


def _rank(answer: str) -> int:
    return _ANSWERS.index(answer) if answer in _ANSWERS else 1


def _components(before: Report, after: Report) -> Iterator[Change]:
    old = {part.kind: part.state.value for part in before.components}
    for part in after.components:
        was = old.get(part.kind, "")
        if was != part.state.value:
            gone = part.state.value in {"absent", "withheld", "unknown"}
            yield Change(
                about="component", what=part.kind.value, before=was, after=part.state.value, is_worse=gone
            )


def _verdicts(before: Report, after: Report) -> Iterator[Change]:
    old = {verdict.instrument: verdict for verdict in before.verdicts}
    for verdict in after.verdicts:
        was = old.get(verdict.instrument)
        if was is None or verdict.instrument == "g7" or was.declared == verdict.declared:
            continue
        yield Change(about="verdict", what=verdict.instrument, before=was.declared, after=verdict.declared)


def _claims(before: Report, after: Report) -> Iterator[Change]:
    old = {claim.quote: claim.finding.value for claim in before.claims}
    new = {claim.quote: claim.finding.value for claim in after.claims}
    for quote in sorted(old.keys() | new.keys()):
        if old.get(quote) != new.get(quote):
            yield Change(about="claim", what=quote[:200], before=old.get(quote, ""), after=new.get(quote, ""))


def _host(before: Report, after: Report) -> Iterator[Change]:
    was, now = _host_facts(before), _host_facts(after)
    for key in sorted(was.keys() | now.keys()):
        gone = ", ".join(sorted(was.get(key, frozenset()) - now.get(key, frozenset())))
        come = ", ".join(sorted(now.get(key, frozenset()) - was.get(key, frozenset())))
        if gone or come:
            yield Change(about="host", what=key, before=gone, after=come)


# What moves of itself, and what a report of a later commit knows more of.
_MOVING = frozenset(
    {
        "host.commit",
        "host.downloads",
        "host.file-changed",
        "host.file-deleted",
        "host.last-modified",
        "host.likes",
    }
)


def _host_facts(report: Report) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for item in report.evidence:
        if item.key.startswith("host.") and item.key not in _MOVING and item.value is not None:
            found.setdefault(item.key, set()).add(str(item.value))
    return {key: frozenset(values) for key, values in found.items()}


def _files(before: Report, after: Report) -> Iterator[Change]:
    """Files added, removed or changed. Without a digest only another size shows that a file changed."""
    old = {entry.path: entry for entry in before.release.files}
    new = {entry.path: entry for entry in after.release.files}
    for number, path in enumerate(sorted(old.keys() | new.keys())):
        if number >= _FILES * 50:
            return
        was, now = old.get(path), new.get(path)
        if was is None or now is None:
            yield Change(
                about="file",
                what=path,
                before=f"{was.size:,} bytes" if was else "",
                after=f"{now.size:,} bytes" if now else "",
            )
        elif was.size != now.size or (was.digest and now.digest and was.digest != now.digest):
            yield Change(
                about="file",
                what=path,
                before=_entry(was.size, was.digest),
                after=_entry(now.size, now.digest),
            )


def _entry(size: int, digest: str | None) -> str:
    return f"{size:,} bytes{f', {digest[:19]}…' if digest else ''}"
