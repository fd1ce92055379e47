"""What changed between two reports: licences first, since a licence may be swapped under the same name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ajar.model.change import Change, Diff
from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.judgement import DOORS, Door
from ajar.model.report import Report
from ajar.model.snapshot import Bounds, FileMark, Snapshot, UnsafeFile

_ORDER = ("licence", "safety", "door", "right", "component", "verdict", "claim", "host", "file")
_LEVELS = ("clean", "caution", "unknown", "dangerous")
_ANSWERS = ("no", "unknown", "conditional", "yes")
_READINGS = (("proven", "at_least"), ("declared", "declared"), ("possible", "at_most"))
_SCOPES = (Scope.WEIGHTS, Scope.CODE, Scope.DATA, Scope.DOCUMENTS)  # the first is what a reader must not miss
_FILES = 200
_WITH_TEXT = (MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.DERIVED, MatchKind.COMPOSITE)
_UNCHANGED = (MatchKind.EXACT, MatchKind.TEMPLATE)
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


def diff(before: Report, after: Report) -> Diff:
    """Every difference that matters to somebody who used the one and gets the other."""
    return compare(snapshot(before), snapshot(after))


def snapshot(report: Report, marks: Mapping[str, FileMark] | None = None) -> Snapshot:
    """What of a report is compared. `marks` are those of files that no host states a digest of.

    An archive's own mark stands beside its members, which have none.
    """
    known = marks or {}
    return Snapshot(
        locator=str(report.release.locator),
        revision=report.release.revision,
        licences={scope.value: _named(report, scope) for scope in _SCOPES},
        open_scopes=frozenset(scope.value for scope in Scope if _is_open(report, scope)),
        texts=_texts(report),
        open_texts=frozenset(
            match.location.path
            for match in _with_text(report)
            if match.licence.openness.value.startswith("open")
        ),
        untouched_texts=frozenset(
            match.location.path for match in _with_text(report) if match.match in _UNCHANGED
        ),
        changed={
            item.location.path: item.quote for item in report.evidence if item.key == "host.file-changed"
        },
        safety=report.safety.level,
        unsafe={
            file.path: UnsafeFile(
                level=file.level,
                why=file.findings[0].message if file.findings else "could not be looked at",
            )
            for file in report.safety.files
            if file.level != "clean"
        },
        verdicts={
            item.instrument: Bounds(at_least=item.at_least, declared=item.declared, at_most=item.at_most)
            for item in report.verdicts
        },
        rights={right.id: right.answer for right in report.rights},
        components={part.kind.value: part.state.value for part in report.components},
        claims={claim.quote: claim.finding.value for claim in report.claims},
        host=_host_facts(report),
        files={
            **known,
            **{
                entry.path: FileMark(size=entry.size, digest=entry.digest)
                for entry in report.release.files
                if entry.digest or entry.path not in known
            },
        },
    )


def compare(before: Snapshot, after: Snapshot) -> Diff:
    """The same of what was kept of two reports."""
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
    return Diff(before=before.locator, after=after.locator, changes=tuple(changes))


def _licences(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for scope in before.licences:
        was, now = ", ".join(before.licences[scope]), ", ".join(after.licences.get(scope, ()))
        if was != now:
            worse = scope in before.open_scopes and scope not in after.open_scopes
            yield Change(
                about="licence", what=f"licence of the {scope}", before=was, after=now, is_worse=worse
            )
    for path in sorted(before.texts.keys() | after.texts.keys()):
        was, now = before.texts.get(path, ""), after.texts.get(path, "")
        if was != now:
            worse = bool(was and not now) or _says_less(before, after, path)
            since = f", since {after.changed[path]}" if now and path in after.changed else ""
            yield Change(
                about="licence", what=f"text at {path}", before=was, after=now + since, is_worse=worse
            )


def _says_less(before: Snapshot, after: Snapshot, path: str) -> bool:
    """Whether a text stopped being open, or a known one got words that nobody has judged."""
    return (path in before.open_texts and path not in after.open_texts) or (
        path in before.untouched_texts and path not in after.untouched_texts
    )


def _named(report: Report, scope: Scope) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.licence.id for match in report.licences if scope in match.applies_to))


def _is_open(report: Report, scope: Scope) -> bool:
    found = [match for match in report.licences if scope in match.applies_to]
    return bool(found) and all(match.licence.openness.value.startswith("open") for match in found)


def _texts(report: Report) -> dict[str, str]:
    return {match.location.path: _in_words(match) for match in _with_text(report)}


def _with_text(report: Report) -> Iterator[LicenceMatch]:
    return (match for match in report.licences if match.match in _WITH_TEXT)


def _in_words(match: LicenceMatch) -> str:
    """A licence and the words that depart from it, so that two modified texts of one name differ."""
    words = "; ".join(f"{item.change} “{item.text[:120]}”" for item in match.differences[:3])
    return f"{match.licence.id} ({match.match.value}{f': {words}' if words else ''})"


def _safety(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    if before.safety != after.safety:
        worse = _LEVELS.index(after.safety) > _LEVELS.index(before.safety)
        yield Change(
            about="safety", what="safe to load", before=before.safety, after=after.safety, is_worse=worse
        )
    for path, file in after.unsafe.items():
        old = before.unsafe.get(path)
        level = old.level if old else "clean" if path in before.files else ""
        if file.level != level:
            what = f"{path}: {file.why}"[:300]
            yield Change(about="safety", what=what, before=level, after=file.level, is_worse=True)


def _door(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for name, read in _READINGS:
        was, now = getattr(before.verdicts["g7"], read), getattr(after.verdicts["g7"], read)
        if was != now:
            worse = DOORS.index(Door(now)) < DOORS.index(Door(was))
            yield Change(about="door", what=f"the door, {name}", before=was, after=now, is_worse=worse)


def _rights(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for name, answer in after.rights.items():
        was = before.rights.get(name, "")
        if was != answer:
            bad = name != "revocable"
            lower = _rank(answer) < _rank(was) if was else False
            yield Change(about="right", what=name, before=was, after=answer, is_worse=lower is bad)


def _rank(answer: str) -> int:
    return _ANSWERS.index(answer) if answer in _ANSWERS else 1


def _components(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for name, state in after.components.items():
        was = before.components.get(name, "")
        if was != state:
            gone = state in {"absent", "withheld", "unknown"}
            yield Change(about="component", what=name, before=was, after=state, is_worse=gone)


def _verdicts(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """One line an instrument: what is declared, or else the bound that moved."""
    for name, now in after.verdicts.items():
        was = before.verdicts.get(name)
        if was is None or name == "g7":
            continue
        for words, read in (("", "declared"), (", proven", "at_least"), (", possible", "at_most")):
            old, new = getattr(was, read), getattr(now, read)
            if old != new:
                yield Change(about="verdict", what=f"{name}{words}", before=old, after=new)
                break


def _claims(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for quote in sorted(before.claims.keys() | after.claims.keys()):
        was, now = before.claims.get(quote, ""), after.claims.get(quote, "")
        if was != now:
            yield Change(about="claim", what=quote[:200], before=was, after=now)


def _host(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for key in sorted(before.host.keys() | after.host.keys()):
        was, now = _values(before.host.get(key, "")), _values(after.host.get(key, ""))
        gone, come = ", ".join(sorted(was - now)), ", ".join(sorted(now - was))
        if gone or come:
            yield Change(about="host", what=key, before=gone, after=come)


def _values(joined: str) -> frozenset[str]:
    return frozenset(joined.split(", ")) if joined else frozenset()


def _host_facts(report: Report) -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for item in report.evidence:
        if item.key.startswith("host.") and item.key not in _MOVING and item.value is not None:
            found.setdefault(item.key, set()).add(str(item.value))
    return {key: ", ".join(sorted(values)) for key, values in found.items()}


def _files(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Files added, removed or changed. Without a digest only another size shows that a file changed."""
    old, new = before.files, after.files
    told = 0
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if was == now:
            continue
        told += 1
        if told > _FILES:
            yield Change(about="file", what="more files", before="", after=f"more than {_FILES} changed")
            return
        if was is None or now is None:
            yield Change(
                about="file",
                what=path,
                before=f"{was.size:,} bytes" if was else "",
                after=f"{now.size:,} bytes" if now else "",
            )
        elif was.size != now.size or (was.digest and now.digest and was.digest != now.digest):
            yield Change(about="file", what=path, before=_entry(was), after=_entry(now))


def _entry(file: FileMark) -> str:
    return f"{file.size:,} bytes{f', {file.digest[:19]}…' if file.digest else ''}"
