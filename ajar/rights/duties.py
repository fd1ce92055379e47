"""What a licence asks of whoever uses or passes on a work, and which of it a release shows done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ajar.model.terms import Clause, Duty, Facet, Terms
from ajar.rights.answers import location_of
from ajar.rights.musts import keep_out, pass_on_must, threshold_words

_NOTICES = {
    "licence-text": "keep the text of the licence with every copy",
    "copyright": "keep the copyright notices with every copy",
    "notice-file": "pass a NOTICE file on with every copy",
    "state-changes": "say which files were changed",
    "attribution": "give the credit that the licence asks for",
}
_NOTICE_FILE = re.compile(r"(?:^|/)notices?(?:\.(?:txt|md))?$", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:fine-?tuned|modified|modifications?|changes?|changed|quanti[sz]ed|merged|converted|distilled|adapted)\b"
    r"[^.\n]{0,60}\b(?:from|of|on|version|files?|to)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a release shows of itself. None where nobody looked."""

    name: str | None = None  # of the model, without its owner
    readme: str | None = None
    files: tuple[str, ...] | None = None
    has_licence_text: bool | None = None
    is_derived: bool | None = None  # made from the licensed work; None when it is not known


def duties(terms: Sequence[Terms], facts: ReleaseFacts | None = None) -> tuple[Duty, ...]:
    """The checklist of all terms, each duty once a licence."""
    known = facts or ReleaseFacts()
    found: dict[tuple[str, str, str], Duty] = {}
    for item in terms:
        for duty in _of(item, known):
            found.setdefault((duty.id, duty.what, duty.licence), duty)
    return tuple(found.values())


def _of(terms: Terms, facts: ReleaseFacts) -> Iterator[Duty]:
    for clause in terms.clauses:
        for name, what, state in _asked(clause, facts):
            yield Duty(
                id=name,
                what=what,
                state=state,
                licence=terms.licence,
                quote=clause.quote,
                location=location_of(clause),
            )


def _asked(clause: Clause, facts: ReleaseFacts) -> Iterator[tuple[str, str, str]]:
    """`(id, words, state)` of what one clause asks."""
    match clause.facet:
        case Facet.NOTICES:
            for item in clause.items:
                if item in _NOTICES:
                    yield item, _NOTICES[item], _notice_state(item, facts)
        case Facet.NAMING:
            yield (
                "name-prefix" if clause.value == "prefix" else "name",
                pass_on_must(clause),
                _name_state(clause, facts),
            )
        case Facet.DISPLAY if clause.value == "required":
            yield "display", pass_on_must(clause), _display_state(clause, facts)
        case Facet.DISPLAY if clause.value == "over-threshold":
            yield "display", f"above the size it names, {pass_on_must(clause)}", "unknown"
        case Facet.COPYLEFT:
            what = pass_on_must(clause)
            if what:
                yield f"copyleft-{clause.value}", what, "unknown"
        case Facet.USE_POLICY:
            named = ", ".join(clause.items)
            yield "use-policy", f"keep to the use policy{f' ({named})' if named else ''}", "unknown"
        case Facet.FIELD_OF_USE if clause.value == "limited":
            yield "field-of-use", "keep to the uses that the licence allows", "unknown"
        case Facet.FIELD_OF_USE if clause.value == "research-only":
            yield "research-only", "use it for research only", "unknown"
        case Facet.COMMERCIAL_USE if clause.value == "no":
            yield "non-commercial", "use it for non-commercial purposes only", "unknown"
        case Facet.THRESHOLD if clause.value in {"ask-licence", "rights-end", "limit"}:
            yield "ask-licence", f"ask for a licence above {threshold_words(clause)}", "unknown"
        case Facet.THRESHOLD if clause.value == "royalty":
            yield "royalty", f"pay a royalty above {threshold_words(clause)}", "unknown"
        case Facet.OUTPUTS if clause.value == "terms-follow":
            yield "outputs-terms", "put models trained on its outputs under the same terms", "unknown"
        case Facet.OUTPUTS if clause.value in {"may-not-train", "owned-by-licensor"}:
            yield "outputs-training", "train no other model on its outputs", "unknown"
        case Facet.REGISTRATION:
            yield "registration", "register with the licensor", "unknown"
        case Facet.TERRITORY if clause.value != "check":
            yield "territory", keep_out(clause), "unknown"
        case Facet.INDEMNITY:
            yield "indemnity", "hold the licensor harmless", "unknown"
        case _:
            return


def _notice_state(item: str, facts: ReleaseFacts) -> str:
    if item == "licence-text":
        return _state(facts.has_licence_text)
    if item == "notice-file":
        return _state(None if facts.files is None else any(_NOTICE_FILE.search(path) for path in facts.files))
    if item == "state-changes" and facts.is_derived is False:
        return "met"
    if item == "state-changes" and facts.readme and _CHANGES.search(facts.readme):
        return "met"
    return "unknown"


def _name_state(clause: Clause, facts: ReleaseFacts) -> str:
    if facts.is_derived is False:
        return "met"
    if facts.name is None or not clause.items or clause.value == "not-original":
        return "unknown"
    name = _plain(facts.name)
    wanted = [_plain(item) for item in clause.items]
    if clause.value == "prefix":
        return _state(any(name.startswith(item) for item in wanted))
    return _state(any(item in name for item in wanted))


def _display_state(clause: Clause, facts: ReleaseFacts) -> str:
    if facts.readme is None or not clause.items:
        return "unknown"
    readme = _plain(facts.readme)
    return _state(any(_plain(item) in readme for item in clause.items))


def _plain(words: str) -> str:
    """Letters and digits only: “Built with Llama” is shown by "built-with-llama" too."""
    return re.sub(r"[\W_]+", "", words).lower()


def _state(done: bool | None) -> str:
    return "unknown" if done is None else "met" if done else "unmet"
