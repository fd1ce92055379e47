"""What is wrong or missing about the licences of a release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from ajar.model.component import LicenceMatch, MatchKind, Openness, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Location
from ajar.model.judgement import Finding, Outcome, Severity
from ajar.rights import companions
from ajar.rights.data_store import rows, store
from ajar.rights.names import at_address

_COMPARED_WORDS = 2_500  # Apache-2.0 has 1,600; aligning two hostile texts of this length takes 0.8 s
_TELLING_WORDS = 8  # fewer words added are a name or a date far more often than a condition
_CONDITION = re.compile(
    r"\b(?:shall|must|not|no|only|may|unless|require[ds]?|prohibit\w*|exceed\w*|commercial|provided|display|agree)\b",
    re.IGNORECASE,
)
_PLAIN_SHARE = 0.7  # of the plain licence's words; kimi-modified-mit holds all of MIT
_STANDS = frozenset({MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.DERIVED})
_OPEN = frozenset({Openness.OPEN_SOURCE, Openness.OPEN_CONTENT})

RULES = (
    (
        "weights-licence-text-is-present",
        "The text of the licence on the weights is in the release.",
        "A name or a tag is the publisher's word; the text is what binds. Most licences ask that their text travel with every copy.",
        "Put the licence's full text beside the weights.",
    ),
    (
        "licence-statements-agree",
        "Everything the release says of one part's licence names the same licence.",
        "A tag that says one thing and a text that says another leave the user with the stricter of the two, or with none.",
        "Make card, metadata and licence text name one licence for each part.",
    ),
    (
        "licence-text-is-unmodified",
        "The licence text is word for word a known licence.",
        "A few added words can reverse a right, and the familiar name hides them.",
        "Read the added words; publish the licence unchanged, or under a name of its own.",
    ),
    (
        "licence-name-matches-its-text",
        "Where a plain licence is named, the text beside it is that licence without other words.",
        "“MIT” over a text that adds a condition tells people they may do what the text forbids.",
        "Name the licence as what it is, or restore its text.",
    ),
    (
        "licence-is-said",
        "The licence field names one licence: not a family, not “other” alone, not “unknown”.",
        "A family holds licences with opposite terms, and “unknown” grants nothing.",
        "Name the licence by its id; for one without an id give its name and its text.",
    ),
    (
        "linked-licence-is-in-the-release",
        "The licence that a field or a sentence links to is in the release.",
        "A page elsewhere may change or vanish; the copy that came with the weights does not.",
        "Put the linked text into the release.",
    ),
    (
        "terms-elsewhere-are-named",
        "Terms that the licence takes in by an address are in the release too.",
        "Use policies and guidelines that stand elsewhere bind as the licence does, and can be changed after you have read them.",
        "Read the terms at the address, and keep a dated copy.",
    ),
    (
        "use-policy-belongs-to-its-licence",
        "A use policy in the release is one that its licence refers to.",
        "A policy beside an open licence asks for something that the licence does not.",
        "Ask whether the policy binds; if it does, the licence is not the open one it seems.",
    ),
    (
        "weights-have-a-licence",
        "Something in the release says under what terms the weights may be used.",
        "Without a licence the law gives no right to copy, change or share.",
        "State a licence for the weights and put its text beside them.",
    ),
)


def judge(dossier: Dossier, found: Sequence[LicenceMatch], *, weights_here: bool) -> tuple[Finding, ...]:
    """Findings on the licences of one release."""
    return tuple(_all(dossier, found, weights_here))


def _all(dossier: Dossier, found: Sequence[LicenceMatch], weights_here: bool) -> Iterable[Finding]:
    code = {item.path for item in dossier.files if item.family == "code"}
    misnamed = list(_misnamed(dossier, found))
    told = {licence for _, licence in misnamed if licence}
    yield from (finding for finding, _ in misnamed)
    for scope in (Scope.WEIGHTS, Scope.CODE, Scope.DATA):
        covering = [match for match in found if scope in match.applies_to and match.licence.id not in told]
        yield from _disagreement(scope, covering, code)
    yield from _modified(found)
    yield from _unsaid(dossier, found)
    yield from _linked(dossier, found)
    yield from _terms_elsewhere(dossier, found)
    yield from _policies(dossier, found)
    weights = [match for match in found if Scope.WEIGHTS in match.applies_to]
    if not weights_here:
        if not weights and found:
            yield _elsewhere(found)
        return
    if not weights:
        yield _missing_licence(dossier)
    elif not any(match.text_present for match in weights):
        match = weights[0]
        ways = " and ".join(dict.fromkeys(f"{item.location}" for item in weights[:2]))
        yield Finding(
            rule="weights-licence-text-is-present",
            severity=Severity.MEDIUM,
            message=f"the weights are {match.licence.id} by {ways}, but the text of {match.licence.id} is not in "
            f"the release{_others_text(found)}",
            because=tuple(as_evidence(item) for item in weights[:3]),
            remedy=f"put the full text of {match.licence.id} beside the weights",
        )


def _others_text(found: Sequence[LicenceMatch]) -> str:
    """The text that is there and covers something else, so that nobody takes it for the weights' own."""
    text = next(
        (match for match in found if match.text_present and Scope.WEIGHTS not in match.applies_to), None
    )
    return f"; the {text.licence.id} text at {text.location} covers the code, not the weights" if text else ""


def _disagreement(scope: Scope, found: Sequence[LicenceMatch], code: set[str]) -> Iterable[Finding]:
    """More than one licence for one part. What is said of one file or model does not speak against another's."""
    groups: dict[str, list[LicenceMatch]] = {}
    for match in found:
        groups.setdefault(match.subject, []).append(match)
    common = groups.pop("", [])
    for subject, matches in [("", common), *groups.items()]:
        # A text that covers everything is held against what is said of one thing only when it covers that too.
        yield from _one_disagreement(scope, subject, matches, code)


def _one_disagreement(
    scope: Scope, subject: str, found: Sequence[LicenceMatch], code: set[str]
) -> Iterable[Finding]:
    choices = {(match.location.path, match.choice) for match in found if match.choice}
    picked = {match.licence.id for match in found if match.choice}
    ids = dict.fromkeys(match.licence.id for match in found)
    if len(ids) < 2 or (len(choices) == 1 and set(ids) <= picked):
        return
    places = {match.location for match in found}
    if len(places) == 1 and not choices:
        return  # one statement that names several licences: all of them hold
    shown = [next(match for match in found if match.licence.id == licence) for licence in ids]
    words = "; ".join(f"{match.licence.id} by {match.location}" for match in shown[:4])
    text = [match for match in shown if match.match in _STANDS and match.licence.openness not in _OPEN]
    named_open = [
        match for match in shown if match.licence.openness in _OPEN and match.location.path not in code
    ]  # headers of single files speak of these files
    severe = scope is Scope.WEIGHTS or (text and named_open)
    yield Finding(
        rule="licence-statements-agree",
        severity=Severity.HIGH if severe else Severity.LOW,
        message=f"more than one licence is named for {subject or f'the {scope.value}'}: {words}",
        because=tuple(as_evidence(match) for match in shown),
        remedy=f"name one licence for the {scope.value}, or say which part each covers",
    )


def _misnamed(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[tuple[Finding, str]]:
    """A plain name over a text built on that licence, and the name where that is all the disagreement there is."""
    texts = {text.path: text.text for text in dossier.texts}
    own = {row["id"] for row in rows()}
    done: set[tuple[str, str]] = set()
    for text in found:
        if text.match not in _STANDS | {MatchKind.UNKNOWN}:
            continue
        for name in found:
            if name.match not in {MatchKind.TAG, MatchKind.REFERENCE} or name.subject:
                continue
            key = (text.location.path, name.licence.id)
            if key in done or not set(text.applies_to) & set(name.applies_to):
                continue
            words = _changed_words(text, name, texts.get(text.location.path, ""), own)
            if words:
                done.add(key)
                other = text.licence.id != name.licence.id
                yield _misnamed_finding(text, name, words), name.licence.id if other else ""


def _changed_words(text: LicenceMatch, name: LicenceMatch, words: str, own: set[str]) -> list[str]:
    """The words in which a text departs from the plain licence that is named, when it is built on that one."""
    if text.licence.id == name.licence.id:
        weighty = [
            item
            for item in text.differences
            if len(item.text.split()) >= _TELLING_WORDS and _CONDITION.search(item.text)
        ]
        return [f"{item.change}: “{item.text[:160]}”" for item in weighty[:3] if item.change != "removed"]
    if text.nearest != name.licence.id and text.licence.id not in own:
        return []
    try:
        plain = store().text(name.licence.id)
    except KeyError:
        return []
    return _differing(plain, words)


def _differing(plain: str, words: str) -> list[str]:
    """What a text adds to a licence that it holds for the most part; nothing when it does not hold it."""
    first, second = re.findall(r"\w+", plain.lower()), re.findall(r"\S+", words)
    bare = [re.sub(r"\W", "", word).lower() for word in second]
    if not first or len(first) > _COMPARED_WORDS or len(bare) > _COMPARED_WORDS:
        return []
    if (Counter(first) & Counter(bare)).total() < _PLAIN_SHARE * len(first):
        return []
    matcher = SequenceMatcher(None, first, bare, autojunk=False)
    blocks = matcher.get_matching_blocks()
    if sum(block.size for block in blocks) < _PLAIN_SHARE * len(first):
        return []
    added = [
        " ".join(second[start:end])
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag in {"insert", "replace"} and end - start >= 4
    ]
    return [f"added: “{piece[:300]}”" for piece in sorted(added, key=len, reverse=True)[:2]]


def _misnamed_finding(text: LicenceMatch, name: LicenceMatch, words: Sequence[str]) -> Finding:
    return Finding(
        rule="licence-name-matches-its-text",
        severity=Severity.HIGH,
        message=f"{name.location} says {name.licence.id}, but {text.location.path} is that licence with other words: "
        + "; ".join(words),
        because=(as_evidence(name), as_evidence(text)),
        remedy=f"read the words that differ; this is not plain {name.licence.id}",
    )


def _modified(found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    for match in found:
        if match.match is not MatchKind.MODIFIED:
            continue
        words = "; ".join(f"{item.change}: “{item.text[:160]}”" for item in match.differences[:3])
        yield Finding(
            rule="licence-text-is-unmodified",
            severity=Severity.MEDIUM,
            message=f"{match.location.path} is {match.licence.id} with changed words: {words}",
            because=(as_evidence(match),),
            remedy="read the changed words before relying on the licence's name",
        )


def _unsaid(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    """Licence fields that name no licence."""
    from ajar.rights.expressions import hub_tags

    has_text = any(match.match in _STANDS and Scope.WEIGHTS in match.applies_to for match in found)
    for item in dossier.all("card.license", "weights.licence", "data-card.license"):
        tag = hub_tags().get(str(item.value).strip().lower())
        if (
            tag is None
            or tag.kind == "one"
            or (tag.id == "other" and (has_text or _named_beside(dossier, item)))
        ):
            continue
        words = {
            "unknown": "the publisher says that its licence is unknown",
            "other": "the licence field says “other” and gives neither name nor text",
        }.get(tag.id, f"{tag.id} is a family of licences; which one is not said")
        severity = Severity.LOW if tag.kind == "family" and has_text else Severity.MEDIUM
        yield Finding(
            rule="licence-is-said",
            severity=severity,
            message=f"{item.location}: {words}",
            because=(item,),
            outcome=Outcome.UNKNOWN,
            remedy="ask the publisher which licence it is",
        )


def _named_beside(dossier: Dossier, item: Evidence) -> bool:
    return any(
        other.location.path == item.location.path
        for other in dossier.all(
            "card.license-name", "card.license-link", "weights.licence-name", "weights.licence-link"
        )
    )


def _linked(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    """Licence links of cards that lead out of the release, where no text for the weights is in it."""
    if any(match.text_present and Scope.WEIGHTS in match.applies_to for match in found):
        return
    held = {item.path.lower() for item in dossier.files}
    for item in dossier.all("card.license-link", "weights.licence-link", "package.licence-file"):
        target = str(item.value)
        if target.lower().removeprefix("./").rpartition("/blob/main/")[2] in held or target.lower() in held:
            continue
        if item.key == "package.licence-file" and any(path.endswith(f"/{target.lower()}") for path in held):
            continue
        known = at_address(target)
        words = f" (known as {known.id})" if known else ""
        yield Finding(
            rule="linked-licence-is-in-the-release",
            severity=Severity.LOW if known else Severity.MEDIUM,
            message=f"{item.location} links its licence to {target}{words}, which is not in the release",
            because=(item,),
            outcome=Outcome.UNMET if known else Outcome.UNKNOWN,
            remedy="put the linked text into the release",
        )


def _terms_elsewhere(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    for item in companions.elsewhere(dossier, found):
        words = {"policy": "takes in a use policy", "whole": "holds no terms and points to a text"}
        yield Finding(
            rule="terms-elsewhere-are-named",
            severity=Severity.LOW if item.kind == "terms" else Severity.MEDIUM,
            message=f"{item.location} {words.get(item.kind, 'takes in terms')} not in this release: {item.address}",
            because=(
                Evidence(
                    key="licence.terms-elsewhere",
                    value=item.address,
                    location=item.location,
                    inspector="rights",
                    quote=item.quote,
                ),
                Gap(
                    location=item.location,
                    reason=GapReason.OFFLINE,
                    detail=f"{item.address} is not in the release and was not looked up",
                    inspector="rights",
                ),
            ),
            outcome=Outcome.UNKNOWN,
            remedy="read the terms there and keep a dated copy; they may change",
        )


def _policies(dossier: Dossier, found: Sequence[LicenceMatch]) -> Iterable[Finding]:
    """Use policies beside a licence that refers to none."""
    weights = [match for match in found if Scope.WEIGHTS in match.applies_to] or [
        match for match in found if match.match in _STANDS
    ]
    for policy in companions.policies(dossier):
        if not weights or any(match.licence.openness not in _OPEN for match in weights):
            continue
        yield Finding(
            rule="use-policy-belongs-to-its-licence",
            severity=Severity.LOW,
            message=f"{policy.location.path} stands beside {weights[0].licence.id}, which refers to no use policy",
            because=(policy, as_evidence(weights[0])),
            outcome=Outcome.UNKNOWN,
            remedy="ask whether the policy binds whoever uses the weights",
        )


def _missing_licence(dossier: Dossier) -> Finding:
    files = dossier.all("weights.tensor-count", "card.words")
    ground = files[0] if files else _nothing()
    return Finding(
        rule="weights-have-a-licence",
        severity=Severity.HIGH,
        message="nothing in the release says under what licence the weights stand",
        because=(ground,),
        outcome=Outcome.UNMET,
        remedy="ask the publisher for a licence; without one there is no right to use them",
    )


def as_evidence(match: LicenceMatch) -> Evidence:
    """A licence match as a fact that a finding can rest on."""
    basis = Basis.VERIFIED if match.match not in {MatchKind.TAG, MatchKind.REFERENCE} else Basis.DECLARED
    return Evidence(
        key=f"licence.{match.match.value}",
        value=match.licence.id,
        location=match.location,
        inspector="rights",
        quote=match.quote,
        basis=basis,
    )


def _elsewhere(found: Sequence[LicenceMatch]) -> Finding:
    return Finding(
        rule="weights-have-a-licence",
        severity=Severity.MEDIUM,
        message=f"the licence of the weights is not stated here{_others_text(found)}",
        because=tuple(as_evidence(match) for match in found[:2]),
        outcome=Outcome.UNKNOWN,
        remedy="read the licence where the weights are published",
    )


def _nothing() -> Evidence:
    return Evidence(
        key="licence.any", value=None, location=Location(path="."), inspector="rights", basis=Basis.ABSENT
    )
