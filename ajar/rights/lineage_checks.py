"""Single checks of a release against what a parent's licence asks: each ends in an outcome, words and grounds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ajar.model.component import LicenceMatch, MatchKind, Openness, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Gap, GapReason, Ground
from ajar.model.judgement import Outcome
from ajar.model.lineage import Parent, Relation
from ajar.model.terms import Terms
from ajar.rights import burdens
from ajar.rights.burdens import Burden, TermsOf
from ajar.rights.findings import as_evidence
from ajar.rights.told import fold

_HUB_LINK = re.compile(
    r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/)?([\w.-]{1,96}/[\w.-]{1,96})(?:$|[/?#])"
)
_CODE_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:github|gitlab)\.com/([\w.-]{1,96}/[\w.-]{1,96})(?:$|[/?#])"
)
_OWNER = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|github\.com|gitlab\.com)/([\w.-]{1,96})(?:$|[/?#])"
)
_LINKS = ("card.link", "card.weights-link", "card.code-link")
_TELLING = 4  # letters of a name that says whose it is
_NOTICE_CHARS = 4000  # of a licence; its notice stands at the top
_MANY = 2  # models of its own that a page links to
LISTED = frozenset({Relation.DISTILLED, Relation.TRAINED_ON_OUTPUTS})
_STANDS = frozenset({MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED, MatchKind.DERIVED})
_TELLS = re.compile(
    r"(?:^|/)(?:readme[^/]*|[^/]*card[^/]*|adapter_config\.json|config\.json|merge[^/]*\.ya?ml|[^/]*licen[cs]e[^/]*|[^/]*\.gguf)$",
    re.IGNORECASE,
)


def no_terms(_: str) -> Terms | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """The release that is held against its parents."""

    dossier: Dossier
    title: str
    found: tuple[LicenceMatch, ...]
    terms_of: TermsOf = field(default=no_terms)

    def licences(self, subject: str) -> tuple[LicenceMatch, ...]:
        """What is said and shown of the licence on the weights, or on one of several models."""
        weights = [match for match in self.found if Scope.WEIGHTS in match.applies_to]
        own = tuple(match for match in weights if subject and match.subject == subject)
        return own or tuple(match for match in weights if not match.subject or match.subject.endswith("/"))

    def makers(self) -> frozenset[str]:
        """Who publishes this release, as its name, its origin and its links to itself tell; empty when nothing does."""
        own = fold(self.title.rstrip("/").rpartition("/")[2])
        origins = (str(item.value).partition("/")[2] for item in self.dossier.all("release.origin"))
        stated = [str(item.value) for item in self.dossier.all("config.name-or-path")]
        code = (_CODE_LINK.match(str(item.value)) for item in self.dossier.all("card.code-link"))
        selves = [*stated, *(found[1].removesuffix(".git") for found in code if found)]
        names = [
            self.title,
            *origins,
            *(one for one in selves if _HUB_LINK.fullmatch(one) and fold(one.partition("/")[2]) == own),
            *(one for one in self.hub_ids() if fold(one.partition("/")[2]).startswith(own)),
        ]
        return frozenset(name.rstrip("/").split("/")[-2].lower() for name in names if "/" in name.rstrip("/"))

    def may_be_of(self, parent: Parent) -> bool:
        """Whether a release whose maker nobody states shows signs of being by the parent's own maker."""
        if not parent.maker or self.makers():
            return False
        owners = (
            (_OWNER.match(str(item.value)), str(item.value))
            for key in _LINKS
            for item in self.dossier.all(key)
        )
        maker, base = parent.maker.lower(), parent.id.lower()
        if any(owner and owner[1].lower() == maker and base not in link.lower() for owner, link in owners):
            return True
        words = [word for word in fold(parent.maker).split() if len(word) >= _TELLING]
        holders = re.compile(rf"copyright\b.{{0,80}}\b(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE)
        # The parent's own licence names its maker wherever it goes.
        passed_on = {licence.id for licence in parent.licences}
        passed = {match.location.path for match in self.found if match.licence.id in passed_on}
        licences = {item.location.path for item in self.dossier.all("licence.document")} - passed
        return bool(words) and any(
            holders.search(text.text[:_NOTICE_CHARS]) for text in self.dossier.texts if text.path in licences
        )

    def hub_ids(self) -> tuple[str, ...]:
        """Hub ids of weights that its pages link to."""
        links = (str(item.value) for item in self.dossier.all("card.weights-link"))
        found = (_HUB_LINK.match(link) for link in links)
        return tuple(dict.fromkeys(match[1] for match in found if match))

    def describes_many(self) -> bool:
        """Whether this is a page on several models, none of which is here."""
        here = any(item.family == "weights" for item in self.dossier.files)
        makers, owned = self.makers(), defaultdict(set)
        for one in self.hub_ids():
            owner, _, name = one.lower().partition("/")
            owned[owner].add(name)
        # Where the maker is not known, each owner of many may be it.
        return not here and any(
            len(_models(names)) >= _MANY and (owner in makers or not makers) for owner, names in owned.items()
        )

    def unread(self) -> tuple[Gap, ...]:
        """Files that could not be read and where such things are said."""
        return tuple(
            gap
            for gap in self.dossier.gaps
            if gap.reason is not GapReason.ABSENT and _TELLS.search(gap.location.path)
        )


def _models(names: set[str]) -> set[str]:
    """Names of models without those of their variants: a difference or a quantised copy is no second model."""
    return {
        name for name in names if not any(name.startswith(f"{other}-") for other in names if other != name)
    }


def borne(child: Child, parent: Parent) -> list[Burden]:
    """The burdens of a parent: of all its licences, or of the lightest where one may be picked."""
    each = [burdens.of(licence, _terms_of(child, parent)) for licence in parent.licences]
    if parent.choice:
        fewest = min(len(one) for one in each)
        return next(list(one) for one in each if len(one) == fewest)
    return [burden for one in each for burden in one]


def _terms_of(child: Child, parent: Parent) -> TermsOf:
    given = parent.terms
    return (lambda _: given) if given is not None else child.terms_of


def check(
    child: Child, parent: Parent, all_parents: Sequence[Parent], burden: Burden, rule: Mapping[str, Any]
) -> tuple[Outcome, str, list[Ground]]:
    """How one rule ends on one parent, in words that follow "its licence …", with its grounds."""
    outcome, words, grounds = _check(child, parent, all_parents, burden, rule)
    if outcome is Outcome.UNMET and rule["holds"] != "name-begins" and child.may_be_of(parent):
        words = f"{words} (unless this release is by {parent.maker} itself, which is not stated here)"
        return Outcome.UNKNOWN, words, grounds
    return outcome, words, grounds


def _check(
    child: Child, parent: Parent, all_parents: Sequence[Parent], burden: Burden, rule: Mapping[str, Any]
) -> tuple[Outcome, str, list[Ground]]:
    says = str(rule["says"])
    holds = rule["holds"]
    if holds == "inherited":
        return Outcome.UNKNOWN, says, []
    if parent.maker and parent.maker.lower() in child.makers() and holds != "name-begins":
        return Outcome.MET, says, []  # whoever made the base model may license it anew
    if holds == "never":
        in_family = any(
            other is not parent
            and other.relation not in LISTED
            and {item.id for item in other.licences} & {item.id for item in parent.licences}
            for other in all_parents
        )
        return (Outcome.MET if in_family and parent.relation in LISTED else Outcome.UNMET), says, []
    if holds == "name-begins":
        return _name_begins(child, parent, burden, says)
    if holds == "credit-shown":
        return _credit_shown(child, burden, says)
    licences = child.licences(parent.subject)
    if holds == "text-here":
        return _text_here(child, licences, burden, says)
    return _carried(child, licences, burden, says, same=holds == "same-licence")


def _carried(
    child: Child, licences: Sequence[LicenceMatch], burden: Burden, says: str, *, same: bool
) -> tuple[Outcome, str, list[Ground]]:
    grounds: list[Ground] = [as_evidence(match) for match in licences[:3]]
    held = any(match.licence.id == burden.licence.id and match.match in _STANDS for match in child.found)
    if held or any(_is_same(match, burden) for match in licences):
        return Outcome.MET, says, grounds
    if not same and any(burden.kind in burdens.kinds_of(m.licence, child.terms_of) for m in licences):
        return Outcome.MET, says, grounds
    if not licences:
        return Outcome.UNKNOWN, says, [*child.unread()[:2]]
    doubtful = any(
        match.licence.openness is Openness.UNKNOWN
        or match.match in {MatchKind.MODIFIED, MatchKind.DERIVED, MatchKind.UNKNOWN}
        for match in licences
    )
    return (Outcome.UNKNOWN if doubtful else Outcome.UNMET), says, grounds


def _is_same(match: LicenceMatch, burden: Burden) -> bool:
    def bare(name: str) -> str:
        return name.removesuffix("-only").removesuffix("-or-later").lower()

    return bare(match.licence.id) == bare(burden.licence.id)


def _text_here(
    child: Child, licences: Sequence[LicenceMatch], burden: Burden, says: str
) -> tuple[Outcome, str, list[Ground]]:
    if not any(item.family == "weights" for item in child.dossier.files):
        return Outcome.MET, says, []  # no copy of the weights is handed out here
    here = any(match.licence.id == burden.licence.id and match.match in _STANDS for match in child.found)
    # The release's own licence without its text is told by another rule.
    own = any(match.licence.id == burden.licence.id for match in licences)
    if here or own:
        return Outcome.MET, says, []
    unread = child.unread()
    return (Outcome.UNKNOWN if unread else Outcome.UNMET), says, list(unread[:2])


def _name_begins(
    child: Child, parent: Parent, burden: Burden, says: str
) -> tuple[Outcome, str, list[Ground]]:
    if not burden.items:
        return Outcome.UNKNOWN, says, []
    titles = [item for item in child.dossier.all("card.title") if "/" not in item.location.path][:1]
    names = [str(item.value) for item in (*titles, *child.dossier.all("weights.name")[:1])]
    names = [parent.subject] if parent.subject else [child.title, *names]
    bare = [_fold(name.rstrip("/").rpartition("/")[2]) for name in names]
    wanted = burden.items[0]
    if any(name.replace(" ", "").startswith(_fold(wanted).replace(" ", "")) for name in bare):
        return Outcome.MET, says, []
    called = {_fold(name): name for name in (name.rstrip("/").rpartition("/")[2] for name in reversed(names))}
    words = f"{says} “{wanted}”; this one is called {', '.join(reversed(called.values()))}"
    unread = child.unread()
    return (Outcome.UNKNOWN if unread and not titles else Outcome.UNMET), words, [*titles, *unread[:1]]


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def _credit_shown(child: Child, burden: Burden, says: str) -> tuple[Outcome, str, list[Ground]]:
    licence_files = {item.location.path for item in child.dossier.all("licence.document")}
    pages = [text for text in child.dossier.texts if text.path not in licence_files]
    wanted = [_fold(item) for item in burden.items]
    if any(item in _fold(text.text) for text in pages for item in wanted if item):
        return Outcome.MET, says, []
    unread = child.unread()
    words = " or ".join(f"“{item}”" for item in burden.items) or "a credit"
    known = bool(burden.items) and burden.always and not unread
    where = "it stands in no page of this release" if pages else "there is no page here that could show it"
    return (Outcome.UNMET if known else Outcome.UNKNOWN), f"{says} {words}; {where}", list(unread[:1])
