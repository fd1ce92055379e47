"""What passes down the line of base models, and whether this release lets it pass.

The rules are data (`data/lineage.toml`). A rule that cannot be checked ends as unknown and says why; it
never ends as met for want of evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ajar.model.component import LicenceMatch
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Ground, Location
from ajar.model.judgement import Confidence, Finding, Outcome, Severity
from ajar.model.lineage import Parent, Relation
from ajar.rights import burdens, told
from ajar.rights.burdens import Burden, TermsOf
from ajar.rights.lineage_checks import LISTED, Child, borne, check, no_terms
from ajar.rights.lineage_rules import RULES

_SEVERITIES = tuple(Severity)


@dataclass(slots=True)
class _Told:
    """One rule on one parent, with the burdens that it was checked for."""

    outcome: Outcome
    severity: Severity
    words: list[str]
    because: list[Ground]


def judge(
    dossier: Dossier,
    found: Sequence[LicenceMatch],
    parents: Sequence[Parent],
    *,
    title: str,
    terms_of: TermsOf = no_terms,
) -> tuple[Finding, ...]:
    """Findings on what a release owes to its parents. `terms_of` gives the facets of a licence by its id."""
    child = Child(dossier=dossier, title=title, found=tuple(found), terms_of=terms_of)
    sure = [parent for parent in parents if not parent.is_hint and parent.binds]
    return (
        *(finding for parent in sure for finding in _of_parent(child, parent, sure)),
        *_together(child, sure),
        *_unnamed(child, parents, sure),
    )


def _of_parent(child: Child, parent: Parent, all_parents: Sequence[Parent]) -> Iterator[Finding]:
    if not parent.licences:
        yield _licence_unknown(parent)
        return
    tally: dict[str, _Told] = {}
    for burden in borne(child, parent):
        for rule in burdens.rules()["rule"]:
            if rule["burden"] == burden.kind and parent.relation.value in rule["relations"]:
                _apply(child, parent, all_parents, burden, rule, tally)
    for name, item in tally.items():
        yield _finding(child, parent, name, item)


def _apply(
    child: Child,
    parent: Parent,
    all_parents: Sequence[Parent],
    burden: Burden,
    rule: Mapping[str, Any],
    tally: dict[str, _Told],
) -> None:
    outcome, words, grounds = check(child, parent, all_parents, burden, rule)
    if outcome is Outcome.MET or (rule["holds"] == "inherited" and _is_told(burden, tally)):
        return
    said_of_many = not parent.subject and child.describes_many()
    if parent.relation is Relation.UNKNOWN or said_of_many:
        outcome = Outcome.UNKNOWN  # an architecture may be taken without the weights; one of many is not all
    severity = Severity(rule["severity"])
    if outcome is Outcome.UNKNOWN and rule["holds"] != "inherited":
        severity = min(severity, Severity.LOW, key=_SEVERITIES.index)
    if parent.licences[0].id.endswith(("-services", "-api")):
        severity = min(
            severity, Severity.MEDIUM, key=_SEVERITIES.index
        )  # binds its customer, not every holder
    item = tally.setdefault(rule["id"], _Told(outcome, severity, [], []))
    item.words += [word for word in (words,) if word not in item.words]
    item.because += [*grounds, *_parents_words(burden, parent)]
    if outcome is Outcome.UNMET and item.outcome is not Outcome.UNMET:
        item.outcome, item.severity = outcome, severity
    elif outcome is item.outcome:
        item.severity = max(item.severity, severity, key=_SEVERITIES.index)


def _is_told(burden: Burden, tally: Mapping[str, _Told]) -> bool:
    """Whether the same burden is told already as one that should have been passed on."""
    words = [word for item in tally.values() for word in item.words]
    says = [rule["says"] for rule in burdens.rules()["rule"] if rule["burden"] == burden.kind]
    return any(say in words for say in says)


def _parents_words(burden: Burden, parent: Parent) -> list[Ground]:
    """The parent's words: in the text of its own release where somebody read that, else in the licence's."""
    for text in parent.texts:
        if text.licence == burden.licence.id:
            quote, line = burdens.quoted(burden, text.text)
            if quote:
                return [_terms_evidence(burden, Location(path=text.path, line=line), quote)]
    if not burden.quote:
        return []
    place = Location(path=f"ajar:licences/{burden.licence.id}.txt", line=burden.line)
    return [_terms_evidence(burden, place, burden.quote)]


def _terms_evidence(burden: Burden, place: Location, quote: str) -> Evidence:
    return Evidence(
        key="lineage.parent-terms", value=burden.licence.id, location=place, inspector="rights", quote=quote
    )


def parent_evidence(parent: Parent) -> Evidence:
    """Where a release names a parent, as a fact that a finding can rest on."""
    return Evidence(
        key=f"lineage.{parent.relation.value}",
        value=parent.id,
        location=parent.location,
        inspector="rights",
        quote=parent.quote,
        basis=parent.basis,
    )


def _finding(child: Child, parent: Parent, rule: str, item: _Told) -> Finding:
    licence = " and ".join(licence.id for licence in parent.licences)
    own = list(dict.fromkeys(match.licence.id for match in child.licences(parent.subject)))
    name = parent.subject or "this model"
    here = f"; {name} is under {', '.join(own[:3])}" if own else "; no licence here says so"
    compares = rule in {
        "base-model-limits-are-passed-on",
        "non-commercial-base-stays-non-commercial",
        "share-alike-base-keeps-its-licence",
        "base-model-licence-is-kept",
    }
    unsure = not parent.licence_date and bool(parent.licence_source)
    inferred = parent.basis is Basis.INFERRED
    remedy = next(row[3] for row in RULES if row[0] == rule)
    return Finding(
        rule=rule,
        severity=item.severity,
        message=f"{name} is {_comes_from(parent)}, under {licence}, which "
        + "; ".join(item.words)
        + (here if compares else ""),
        because=tuple(dict.fromkeys((parent_evidence(parent), *item.because))),
        outcome=item.outcome,
        confidence=Confidence.LOW if inferred else Confidence.MEDIUM if unsure else Confidence.HIGH,
        remedy=remedy,
    )


_RELATION_WORDS = {
    Relation.FINETUNE: "fine-tuned from",
    Relation.ADAPTER: "an adapter for",
    Relation.QUANTIZED: "quantised from",
    Relation.MERGE: "merged from",
    Relation.DISTILLED: "distilled from",
    Relation.TRAINED_ON_OUTPUTS: "trained on outputs of",
    Relation.UNKNOWN: "said to rest on",
}


def _comes_from(parent: Parent) -> str:
    way = f"by way of {parent.of} " if parent.of else ""
    return f"{way}{_RELATION_WORDS[parent.relation]} {parent.id} ({parent.location})"


def _licence_unknown(parent: Parent) -> Finding:
    return Finding(
        rule="base-model-licence-is-known",
        severity=Severity.LOW,
        message=f"{parent.subject or 'this model'} is {_comes_from(parent)}, whose licence "
        "is not known here; what it asks could not be checked",
        because=(
            parent_evidence(parent),
            Gap(
                location=parent.location,
                reason=GapReason.UNREADABLE if parent.problem else GapReason.OFFLINE,
                detail=f"{parent.id}: {parent.problem}"
                if parent.problem
                else f"{parent.id} was not looked up",
                inspector="rights",
            ),
        ),
        outcome=Outcome.UNKNOWN,
        remedy="read the base model's licence where it is published",
    )


def _together(child: Child, parents: Sequence[Parent]) -> Iterator[Finding]:
    """Licences of parents that cannot all be kept at once."""
    rule = "merged-licences-can-stand-together"
    inside = [parent for parent in parents if parent.relation not in LISTED and not parent.choice]
    whole: dict[str, Parent] = {}
    for parent in inside:
        for burden in borne(child, parent):
            if burden.kind in {"share-alike", "same-licence"}:
                whole.setdefault(burden.licence.id, parent)
    for name, parent in whole.items():
        for other in inside:
            clashing = [
                licence.id
                for licence in other.licences
                if licence.id != name
                and other.subject == parent.subject
                and _clashes(child, other, licence.id, whole)
            ]
            if other is parent or (clashing and clashing[0] in whole and clashing[0] < name):
                continue
            if clashing:
                yield Finding(
                    rule=rule,
                    severity=Severity.HIGH,
                    message=f"{parent.id} is under {name}, which holds for the whole; {other.id} is under {clashing[0]}, "
                    "whose terms differ: a model made of both cannot keep to both",
                    because=(parent_evidence(parent), parent_evidence(other)),
                    remedy="merge models whose licences agree",
                )
            elif not other.licences and other.subject == parent.subject:
                yield Finding(
                    rule=rule,
                    severity=Severity.LOW,
                    message=f"{parent.id} is under {name}, which holds for the whole; the licence of {other.id} is not known",
                    because=(parent_evidence(parent), parent_evidence(other)),
                    outcome=Outcome.UNKNOWN,
                    remedy="read the other model's licence",
                )


def _clashes(child: Child, other: Parent, name: str, whole: dict[str, Parent]) -> bool:
    """Whether a licence demands the whole too, or limits what share-alike must leave free."""
    if name in whole:
        return True
    licence = next(item for item in other.licences if item.id == name)
    limits = {"non-commercial", "use-limits", "threshold", "territory", "no-derivatives", "no-redistribution"}
    return bool(limits & burdens.kinds_of(licence, child.terms_of))


def _unnamed(child: Child, parents: Sequence[Parent], sure: Sequence[Parent]) -> Iterable[Finding]:
    """A derived model whose base nobody names, and files that could not be asked."""
    inside = [parent for parent in sure if parent.relation not in LISTED]
    hint = next((parent for parent in parents if parent.is_hint), None)
    if not inside:
        grounds: tuple[Ground, ...] = ()
        words = ""
        adapters = [item for item in child.dossier.all("config.kind") if item.value == "adapter"]
        said = told.says_derived(child.dossier)
        if hint is not None:
            grounds = (parent_evidence(hint),)
            words = f"{hint.location} points to {hint.id}, and no card names a base model"
        elif adapters:
            grounds = (adapters[0],)
            words = f"{adapters[0].location} is an adapter's configuration and names no base model"
        elif said is not None:
            grounds = (said,)
            words = (
                f"{said.location} says that the model is derived ({said.value}), and nothing names from what"
            )
        if words:
            yield Finding(
                rule="base-model-is-named",
                severity=Severity.LOW if hint is not None else Severity.MEDIUM,
                message=words,
                because=grounds,
                confidence=Confidence.MEDIUM,
                remedy="fill in base_model in the card",
            )
    unread = child.unread()
    if unread:
        places = ", ".join(dict.fromkeys(gap.location.path for gap in unread[:3]))
        yield Finding(
            rule="base-model-is-named",
            severity=Severity.LOW,
            message=f"{places} could not be read in full: base models and what they ask may stand there",
            because=tuple(unread[:3]),
            outcome=Outcome.UNKNOWN,
            remedy="give the whole files",
        )
