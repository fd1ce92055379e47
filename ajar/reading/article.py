"""From an article's text to judged statements: every stage in turn, sentence by sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ajar.model.article import Judgement, Span, Statement, StatementKind
from ajar.model.partial_date import PartialDate
from ajar.reading import (
    check_events,
    check_licence,
    check_makers,
    check_names,
    check_openness,
    check_people,
    check_stances,
)
from ajar.reading.beside import beside
from ajar.reading.claims import Claim, Draft, flipped
from ajar.reading.clauses import views
from ajar.reading.coreference import Scope, resolve
from ajar.reading.facts import Facts
from ajar.reading.items import Item, items, licences, titles
from ajar.reading.lexicon import Lexicon, word_set
from ajar.reading.mention import Mention
from ajar.reading.mentions import Finder
from ajar.reading.pages import Page
from ajar.reading.quantities import DateMention, dates, quantities
from ajar.reading.rules import Line, Match, grammar, matches
from ajar.reading.saying import is_guess, is_opinion, speakers
from ajar.reading.tokens import Sentence, sentences

CHECKS: dict[str, Callable[[Claim], Iterator[Draft]]] = {
    "role": check_people.role,
    "role-somewhere": check_people.somewhere,
    "left": check_people.left,
    "left-somewhere": check_people.left_somewhere,
    "former-name": check_names.former_name,
    "same-as": check_names.same_as,
    "nature": check_names.nature,
    "country": check_names.country,
    "makes": check_makers.makes,
    "owns": check_makers.owns,
    "share": check_makers.share,
    "funds": check_makers.funds,
    "openness": check_openness.openness,
    "record": check_openness.record,
    "licence": check_licence.licence,
    "commercial": check_licence.commercial,
    "limits": check_licence.limits,
    "stance": check_stances.stance,
    "accusation": check_stances.accusation,
    "signature": check_stances.signature,
    "suit": check_events.suit,
    "event": check_events.event,
}
# Words that speak of events which need no name.
_WORTH = word_set("article-worth")
_TABLE_BARS = 4  # more, and the line is a row of a table
STATEMENTS = 2000  # of one article
_SURE = {
    Judgement.SUPPORTED: 0,
    Judgement.CONTRADICTED: 1,
    Judgement.IMPRECISE: 2,
    Judgement.NOT_CHECKABLE: 3,
    Judgement.UNKNOWN: 4,
}
_ORDER = {
    Judgement.CONTRADICTED: 0,
    Judgement.IMPRECISE: 1,
    Judgement.SUPPORTED: 2,
    Judgement.UNKNOWN: 3,
    Judgement.NOT_CHECKABLE: 4,
}


@dataclass(slots=True)
class Reading:
    """What one pass found. `spoken` are the days of the things that the article speaks of."""

    statements: list[Statement] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    spoken: list[PartialDate] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Reads one page as of a day."""

    page: Page
    lexicon: Lexicon
    facts: Facts
    article: PartialDate | None  # for dates without a year
    voice: Mention | None = None
    _year: int | None = None

    def read(self, parts: Sequence[Sentence]) -> Reading:
        found = Reading()
        finder = Finder(self.lexicon)
        finder.prepare(parts)
        named = [finder.find(part) for part in parts]
        everybody = frozenset(mention.id for group in named for mention in group if mention.entity)
        scope = Scope(voice=self.voice)
        for number, (sentence, mentions) in enumerate(zip(parts, named, strict=True)):
            found.mentions += [mention for mention in mentions if mention.entity]
            self._sentence(number, sentence, mentions, scope, everybody, found)
            if len(found.statements) >= STATEMENTS:
                break
        return found

    def _sentence(
        self,
        number: int,
        sentence: Sentence,
        mentions: Sequence[Mention],
        scope: Scope,
        named: frozenset[str],
        found: Reading,
    ) -> None:
        text = self.page.text[sentence.start : sentence.end]
        drafts: list[tuple[Draft, str, str]] = [
            (_slip(mention), "", "spelling") for mention in mentions if mention.is_slip
        ]
        days = dates(self.page.prose, sentence.start, sentence.end, self.article)
        resolved = self._resolved(days)
        found.spoken += [item for mention, item in resolved if mention.year]
        row = self._row(sentence, mentions, days)
        row = resolve(row, number, scope, self.lexicon.catalogue, self.facts.as_of)
        scope.note(number, row)
        asks = sentence.tokens[-1].text == "?"
        worth = any(item.cls in "POSL" for item in row) or _WORTH & {item.code for item in row}
        if not asks and worth and text.count("|") < _TABLE_BARS:
            drafts += self._claims(row, dict(resolved), named)
            drafts += [
                (draft, "", "own-words")
                for draft in check_stances.own_words(text, sentence.start, row, self.facts)
            ]
        found.statements += _placed(drafts, sentence, text)
        if all(draft.verdict is Judgement.UNKNOWN for draft, _, _ in drafts) and _is_opinion(
            sentence, text, row
        ):
            found.statements.append(_opinion(sentence, text, mentions))
        for draft, _, _ in drafts:
            if draft.when is not None:
                found.spoken.append(draft.when)

    def _row(
        self, sentence: Sentence, mentions: Sequence[Mention], days: Sequence[DateMention]
    ) -> list[Item]:
        place = (self.page.prose, sentence.start, sentence.end)
        return items(
            sentence, [*licences(*place), *mentions, *days, *quantities(*place), *titles(sentence.tokens)]
        )

    def _resolved(self, days: Sequence[DateMention]) -> list[tuple[DateMention, PartialDate]]:
        """Each date with its year: one said before in the sentence, else the last such day before the article."""
        found: list[tuple[DateMention, PartialDate]] = []
        said: PartialDate | None = None
        for mention in days:
            date = mention.resolved(self.article, self._year)
            if mention.year is None and mention.month and said is not None:
                year = said.year + (1 if len(said) > 4 and mention.month < int(said[5:7]) else 0)
                date = replace(mention, year=year).resolved(None)
            if date is None:
                continue
            if mention.year is not None or mention.prefix == "that":
                said = date
                self._year = date.year
            found.append((mention, date))
        return found

    # claims

    def _claims(
        self, row: list[Item], resolved: dict[DateMention, PartialDate], named: frozenset[str]
    ) -> list[tuple[Draft, str, str]]:
        who = {(item.start, item.end): name for item, name in zip(row, speakers(row), strict=True)}
        found: list[tuple[Draft, str, str]] = []
        known = grammar()

        def said(view: Sequence[Item]) -> list[tuple[DateMention, tuple[PartialDate, ...]]]:
            return [
                (item.ref, self._years(item.ref, resolved))
                for item in view
                if isinstance(item.ref, DateMention) and item.ref in resolved
            ]

        for view in views(row):
            line = Line(view)
            for match in matches(line, known):
                claim = Claim(match=match, facts=self.facts, dates=said, named=named, extra=match.said)
                found += self._judged(claim, who)
            for draft, span in beside(view, line.words, said, self.facts):
                found.append((replace(draft, span=span), who.get(span, ""), "beside"))
        return _unique(found)

    def _years(
        self, mention: DateMention, resolved: dict[DateMention, PartialDate]
    ) -> tuple[PartialDate, ...]:
        """The day it most likely means, and the same day a year before when no year was said."""
        date = resolved[mention]
        if mention.year is not None:
            return (date,)
        earlier = replace(mention, year=date.year - 1).resolved(None)
        return (date, earlier) if earlier else (date,)

    def _judged(self, claim: Claim, who: dict[tuple[int, int], str]) -> Iterator[tuple[Draft, str, str]]:
        match = claim.match
        span = _span(match)
        speaker = who.get((match.view[match.first].start, match.view[match.first].end), "")
        last = match.view[match.last - 1]
        speaker = speaker or who.get((last.start, last.end), "")
        relation = match.rule.relation
        if (relation in _OF_SYSTEMS and _is_compared(match)) or _is_object(match):
            return
        _narrow(match)
        for draft in CHECKS[relation](claim):
            turns = match.rule.fixed.get("flip") != "no" and relation not in _UNTURNED
            judged = flipped(draft) if turns and claim.is_negated else draft
            near = claim.words(max(match.first - 4, 0), min(match.last + 1, len(match.view)))
            if judged.verdict is Judgement.CONTRADICTED and _may_be_another(claim):
                judged = replace(judged, verdict=Judgement.UNKNOWN)
            if judged.verdict is not Judgement.SUPPORTED and is_guess(
                near, may=relation in {"commercial", "openness", "licence"}
            ):
                judged = replace(judged, verdict=Judgement.NOT_CHECKABLE)
            if speaker and judged.verdict is Judgement.CONTRADICTED and relation != "stance":
                judged = replace(
                    judged, verdict=Judgement.IMPRECISE, fact=f"said by {speaker}; {judged.fact}"
                )
            yield replace(judged, span=judged.span or span), speaker, match.rule.id


_UNTURNED = frozenset({"suit", "accusation", "signature"})
_OF_SYSTEMS = frozenset({"openness", "licence", "commercial", "limits", "makes"})
_DERIVED = frozenset(
    [
        "version",
        "versions",
        "variant",
        "variants",
        "distillation",
        "copy",
        "successor",
        "predecessor",
        "derivative",
        "fork",
    ]
)
# Rules that begin with who does it; a name behind one of these words is not who does it.
_ACTIVE = frozenset(
    {
        "maker-makes-system", "owner-owns-maker", "funder-funds-maker", "party-sues-party", "maker-record", "party-supports",
        "party-opposes", "party-accuses", "leads-maker", "founded-by-person", "person-left-maker", "owner-holds-share",
    }
)  # fmt: skip
_NO_SUBJECT = frozenset(
    ["by", "to", "with", "for", "against", "from", "than", "on", "of", "at", "unlike", "like"]
)
_COMPARING = word_set("article-comparing")


def _is_object(match: Match) -> bool:
    """Whether the name that the match begins with stands behind a preposition: it does nothing then."""
    first = match.view[match.first]
    begins = first in match.slots.get("a", ())
    if not begins or match.rule.id not in _ACTIVE or not match.first:
        return False
    earlier = match.view[: match.first]
    held = match.slots["a"]
    after = match.first + 2 * len(held) - 1
    closed = match.view[after].code == "," if after < len(match.view) else False
    inside = (
        closed and any(item.code == "," for item in earlier) and any(item.cls in "POS" for item in earlier)
    )
    return inside or earlier[-1].code in _NO_SUBJECT


def _may_be_another(claim: Claim) -> bool:
    """Whether a pronoun was taken for one system while the clause names another: no ground to deny on."""
    systems = [item.ref for item in claim.match.view if item.cls == "S" and isinstance(item.ref, Mention)]
    told = {mention.id for mention in systems if mention.is_coreference}
    return bool(told) and any(mention.id not in told for mention in systems if not mention.is_coreference)


def _narrow(match: Match) -> None:
    """Of a list only the last, where a relative clause in the singular follows: `A, B and C, which was built by …`."""
    for name, held in match.slots.items():
        if len(held) < 2 or held[-1].cls != "S":
            continue
        after = match.view.index(held[-1]) + 1
        words = [item.code for item in match.view[after : after + 3] if item.code != ","]
        if words[:1] in (["which"], ["that"]) and words[1:2] in (["was"], ["is"], ["has"]):
            match.slots[name] = held[-1:]


def _is_compared(match: Match) -> bool:
    """Whether the system that the match begins with is only what another is built on or compared with."""
    first = match.view[match.first]
    before = match.view[match.first - 1].code if match.first else ""
    if first.cls == "S" and before == "of" and match.view[match.first - 2].code in _DERIVED:
        return True
    if match.rule.relation == "openness" and first.cls == "S" and before in {"of", "for", "behind"}:
        return True  # a part of it is meant: the weights of, the data of
    spoken_of = isinstance(first.ref, Mention) and first.ref.is_coreference  # `since its data are public`
    if first.cls != "S" or before not in _COMPARING or spoken_of:
        return False
    slot = next((name for name, held in match.slots.items() if held and held[0] is first), "")
    if slot and len(match.slots[slot]) > 1:
        match.slots[slot] = match.slots[slot][1:]  # `unlike GPT-4, Llama 3 can be downloaded`
        return False
    return True


def _span(match: Match) -> tuple[int, int]:
    part = [item for item in match.view[match.first : match.last] if item.end > item.start]
    return min(item.start for item in part), max(item.end for item in part)


def _unique(found: Sequence[tuple[Draft, str, str]]) -> list[tuple[Draft, str, str]]:
    """One of each statement: several clauses show the same words. What was told surely stands before what was not."""
    kept: dict[tuple[StatementKind, str, str], tuple[Draft, str, str]] = {}
    for row in found:
        draft = row[0]
        about = draft.about.removeprefix("not: ")
        key = (
            draft.kind,
            draft.subject,
            about.partition(" came out ")[0] if " came out " in about else about,
        )
        if draft.kind is StatementKind.FIGURE and draft.span is not None:
            key = (draft.kind, "", str(draft.span))  # one figure, whomever each clause tells it of
        held = kept.get(key)
        if held is None or _SURE[draft.verdict] < _SURE[held[0].verdict]:
            kept[key] = row
    return list(kept.values())


def _placed(drafts: Sequence[tuple[Draft, str, str]], sentence: Sentence, text: str) -> Iterator[Statement]:
    for draft, speaker, rule in drafts:
        start, end = draft.span or (sentence.start, sentence.end)
        yield Statement(
            span=Span(start=max(start, sentence.start), end=min(end, sentence.end)),
            sentence=text,
            kind=draft.kind,
            subject=draft.subject,
            verdict=draft.verdict,
            fact=draft.fact,
            sources=draft.sources,
            about=draft.about,
            attributed_to=speaker,
            rule=rule,
        )


def _slip(mention: Mention) -> Draft:
    entity = mention.entity
    right = mention.name if mention.kind and mention.kind.value != "person" else entity.name if entity else ""
    return Draft(
        kind=StatementKind.SPELLING,
        verdict=Judgement.CONTRADICTED,
        subject=entity.name if entity else right,
        about=f"spelt {mention.text}",
        fact=f"the name is spelt {right}",
        sources=tuple(source.url for source in entity.sources[:2]) if entity else (),
        span=(mention.start, mention.end),
    )


def _is_opinion(sentence: Sentence, text: str, row: Sequence[Item]) -> bool:
    tokens = sentence.tokens
    whole = tokens[-1].text in '.!?…”"’)' and tokens[0].text != "¶" and len(tokens) > 3
    named = any(isinstance(item.ref, Mention) and item.ref.entity for item in row)
    return whole and is_opinion(text, names=named)


def _opinion(sentence: Sentence, text: str, mentions: Sequence[Mention]) -> Statement:
    subject = next((mention.shown for mention in mentions if mention.entity), "")
    return Statement(
        span=Span(start=sentence.start, end=sentence.end),
        sentence=text,
        kind=StatementKind.OPINION,
        subject=subject,
        verdict=Judgement.NOT_CHECKABLE,
        fact="",
        sources=(),
        about="an opinion, a question or a prediction",
        rule="opinion",
    )


def ordered(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """In the order of the text; at one place what does not hold first."""
    return tuple(sorted(statements, key=lambda item: (item.span.start, _ORDER[item.verdict], item.span.end)))


def split(page: Page) -> list[Sentence]:
    return sentences(page.prose)
