"""What a licence lets you do and asks of you: questions answered from the limits its data row names.

Vocabulary of limits: non-commercial, user-threshold, revenue-threshold, field-of-use, use-policy, territory,
naming, display, outputs-may-not-train, outputs-terms-follow, no-derivatives, no-redistribution,
share-alike, registration, revocable, terms-may-change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ajar.model.component import LicenceMatch, MatchKind, Openness
from ajar.model.judgement import Right

QUESTIONS = (
    "commercial-use",
    "at-scale",
    "modify",
    "redistribute",
    "train-other-models",
    "field-of-use",
    "territory",
    "revocable",
)

# What each limit does to each question; the strictest answer wins.
_EFFECTS: Mapping[str, Mapping[str, str]] = {
    "non-commercial": {
        "commercial-use": "no",
        "at-scale": "no",
        "field-of-use": "conditional",
        "train-other-models": "conditional",
    },
    "user-threshold": {"at-scale": "conditional"},
    "revenue-threshold": {"commercial-use": "conditional", "at-scale": "conditional"},
    "field-of-use": {"field-of-use": "conditional"},
    "use-policy": {"field-of-use": "conditional"},
    "territory": {"territory": "conditional"},
    "naming": {"train-other-models": "conditional", "redistribute": "conditional"},
    "display": {"redistribute": "conditional"},
    "outputs-may-not-train": {"train-other-models": "no"},
    "outputs-terms-follow": {"train-other-models": "conditional"},
    "no-derivatives": {"modify": "no"},
    "no-redistribution": {"redistribute": "no"},
    "share-alike": {"redistribute": "conditional"},
    "registration": {"commercial-use": "conditional"},
    "revocable": {"revocable": "yes"},
    "terms-may-change": {"revocable": "conditional"},
}
_STRICTNESS = ("no", "unknown", "conditional", "yes")

# Where in a text the words of a limit stand.
_CLAUSES = {
    "non-commercial": r"non-?commercial|research purposes|not .{0,40}commercial purposes",
    "user-threshold": r"monthly active users|\bMAU\b",
    "revenue-threshold": r"\brevenue\b",
    "field-of-use": r"you agree not to use|use restrictions|use-based restrictions|shall not use",
    "use-policy": r"acceptable use policy|prohibited use policy|use policy",
    "territory": r"european union|\bterritor(?:y|ies)\b",
    "naming": r"at the beginning of any such|include .{0,30} in the name|model name",
    "display": r"prominently display|built with|powered by",
    "outputs-may-not-train": r"to improve any other|to train .{0,40}model|competing",
    "outputs-terms-follow": r"model derivatives",
    "no-redistribution": r"not .{0,60}(?:distribute|sublicense)",
    "revocable": r"revo(?:ke|cable)|terminate this",
    "share-alike": r"same licen[cs]e|under the terms of this licen[cs]e",
}
_PERMITS = {
    "commercial-use": r"(?:sell|commercial)[^.\n]{0,80}",
    "modify": r"(?:modify|derivative works)[^.\n]{0,80}",
    "redistribute": r"(?:distribute|redistribut)[^.\n]{0,80}",
}
_DUTIES = {
    "naming": "begin the name of a derived model with the name the licence asks for",
    "display": "display the credit that the licence asks for",
    "use-policy": "keep to the use policy that the licence refers to",
    "field-of-use": "pass the limits on use on to whoever gets a copy",
    "outputs-terms-follow": "pass the terms on to models trained on outputs",
    "share-alike": "share changed versions under the same licence",
    "user-threshold": "ask for a licence above the number of users it names",
    "revenue-threshold": "ask for a licence above the revenue it names",
}


def rights_of(matches: Sequence[LicenceMatch], texts: Mapping[str, str]) -> tuple[Right, ...]:
    """Each question answered for the weights; the strictest licence that covers them decides.

    `texts` maps a path to its words, for quotes. A changed text leaves every answer to a reader.
    """
    if not matches:
        return tuple(
            Right(id=name, answer="unknown", quote="no licence covers the weights here", location=None)
            for name in QUESTIONS
        )
    return tuple(_right(name, matches, texts) for name in QUESTIONS)


def _right(name: str, matches: Sequence[LicenceMatch], texts: Mapping[str, str]) -> Right:
    answers = [(_answer(name, match), match) for match in matches]
    if name == "revocable":
        answer, match = max(
            answers, key=lambda pair: ("no", "unknown", "conditional", "yes").index(pair[0][0])
        )
    else:
        answer, match = min(answers, key=lambda pair: _STRICTNESS.index(pair[0][0]))
    quote, line = _quote(name, answer[1], match, texts)
    location = match.location if line is None else type(match.location)(path=match.location.path, line=line)
    return Right(id=name, answer=answer[0], quote=quote, location=location)


def _answer(name: str, match: LicenceMatch) -> tuple[str, str]:
    """`(answer, limit that decides)`."""
    if match.match in {MatchKind.MODIFIED, MatchKind.UNKNOWN} or match.licence.openness is Openness.UNKNOWN:
        return "unknown", ""
    effects = [
        (_EFFECTS[limit][name], limit) for limit in match.licence.limits if name in _EFFECTS.get(limit, {})
    ]
    if name == "revocable":
        return max(effects, key=lambda pair: ("conditional", "yes").index(pair[0]), default=("no", ""))
    return min(effects, key=lambda pair: _STRICTNESS.index(pair[0]), default=("yes", ""))


def _quote(name: str, limit: str, match: LicenceMatch, texts: Mapping[str, str]) -> tuple[str, int | None]:
    if match.match is MatchKind.MODIFIED and match.differences:
        return match.differences[0].text[:200], match.differences[0].line
    text = (
        texts.get(match.location.path, "") if match.text_present and match.match is not MatchKind.TAG else ""
    )
    pattern = _CLAUSES.get(limit) or _PERMITS.get(name)
    found = re.search(pattern, text, re.IGNORECASE) if pattern and text else None
    if found is None:
        return match.licence.name, None
    start = max(text.rfind("\n\n", 0, found.start()), text.rfind(". ", 0, found.start())) + 2
    start = max(start, found.start() - 160)
    return " ".join(text[start : found.end() + 120].split())[:200], text.count("\n", 0, found.start()) + 1


def obligations_of(matches: Sequence[LicenceMatch]) -> tuple[str, ...]:
    """What a user of the weights must do."""
    duties: dict[str, None] = {}
    for match in matches:
        name = match.licence.id
        if match.licence.openness is not Openness.UNKNOWN and name not in {
            "CC0-1.0",
            "PDDL-1.0",
            "Unlicense",
            "0BSD",
            "MIT-0",
        }:
            duties[f"keep the notices and the text of {name} with every copy"] = None
        if name == "Apache-2.0":
            duties["say which files were changed, and pass NOTICE on"] = None
        for limit in match.licence.limits:
            if limit in _DUTIES:
                duties[f"{_DUTIES[limit]} ({name})"] = None
    return tuple(duties)
