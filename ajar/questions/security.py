"""Security: whether loading runs code, whether anybody vouches for the bytes, who may have them, who tested them."""

from __future__ import annotations

from collections.abc import Iterator

from ajar.model.component import ComponentKind
from ajar.model.evidence import Basis, Ground
from ajar.model.judgement import Outcome, Severity
from ajar.model.question import Point, Reply, Topic
from ajar.model.report import Report
from ajar.questions.grounds import (
    NOT_RECORDED,
    Answered,
    card_facts,
    criterion,
    facts,
    is_looked_at,
    no_weights,
    part,
    point,
    stated,
)

ASKS = {
    "loads-without-running-code": "Does it load without running code that came with it?",
    "signed": "Is it signed, so that a swap is noticed?",
    "gated": "Is it said that one must ask for access?",
    "safety-evaluated": "Is it said that its safety was evaluated?",
}
_SAFE = {
    "clean": (Reply.YES, "loads without running code"),
    "caution": (Reply.PARTLY, "with care"),
    "dangerous": (Reply.NO, "do not load it"),
}
_EVALUATED = {"done": (Reply.YES, "it says so"), "not-done": (Reply.NO, "it says that it was not")}


def points(report: Report) -> Iterator[Point]:
    """In the order of `ASKS`."""
    answers: dict[str, Answered] = {
        "loads-without-running-code": _safe(report),
        "signed": _signed(report),
        "gated": _gated(report),
        "safety-evaluated": _evaluated(report),
    }
    for name, answered in answers.items():
        yield point(Topic.SECURITY, name, ASKS, answered)


def _safe(report: Report) -> Answered:
    if no_weights(report):
        return Reply.MOOT, Basis.WITHHELD, "no weights to load", _weights(report)
    if (
        report.safety.level == "unknown"
        and part(report, ComponentKind.FINAL_PARAMETERS).state is Basis.ABSENT
    ):
        return Reply.MOOT, Basis.ABSENT, "no weights here to load", _weights(report)
    if report.safety.level not in _SAFE or not is_looked_at(report):
        return (
            Reply.UNKNOWN,
            Basis.UNKNOWN,
            "no files were looked at" if not report.files else "could not tell",
            (),
        )
    reply, words = _SAFE[report.safety.level]
    found = [
        finding
        for file in report.safety.files
        if file.level == report.safety.level
        for finding in file.findings
        if finding.severity is not Severity.INFO
    ]
    ground: tuple[Ground, ...] = tuple(item for finding in found for item in finding.because)
    return reply, Basis.VERIFIED, f"{words}: {found[0].message}" if found else words, ground


def _signed(report: Report) -> Answered:
    if no_weights(report):
        return Reply.MOOT, Basis.WITHHELD, "no weights to sign", _weights(report)
    if report.control.signed is None or not is_looked_at(report):
        return Reply.UNKNOWN, Basis.UNKNOWN, NOT_RECORDED, ()
    if report.control.signed:
        return Reply.YES, Basis.VERIFIED, "a signature is with it; who signed was not checked", ()
    return Reply.NO, Basis.ABSENT, "no signature is with it", ()


def _gated(report: Report) -> Answered:
    """The gate that the door's own criterion found, or that the host states."""
    if no_weights(report):
        return Reply.MOOT, Basis.WITHHELD, "no weights to ask for", _weights(report)
    host = facts(report, "host.gated")
    found = criterion(report, "g7", "access-needs-no-approval")
    if found.outcome is Outcome.UNMET:
        return Reply.YES, found.basis, "terms or approval first", found.because
    if any(item.value not in {False, "false", None} for item in host):
        return Reply.YES, Basis.DECLARED, "the host asks for it", host
    if host or report.control.gated is False:
        return Reply.NO, Basis.DECLARED, "no", host or _weights(report)
    if is_looked_at(report):
        return Reply.NO, Basis.ABSENT, "nothing here says so", ()
    return Reply.UNKNOWN, Basis.UNKNOWN, NOT_RECORDED, ()


def _evaluated(report: Report) -> Answered:
    reply, basis, words, ground = stated(
        report, "safety-evaluation", _EVALUATED, "the card does not speak of it"
    )
    section = tuple(item for item in card_facts(report, "section") if item.value == "safety")
    if reply is Reply.NO and basis is Basis.ABSENT and section:
        return Reply.PARTLY, Basis.DECLARED, "it speaks of safety, not of a test", section
    return reply, basis, words, ground


def _weights(report: Report) -> tuple[Ground, ...]:
    return part(report, ComponentKind.FINAL_PARAMETERS).because
