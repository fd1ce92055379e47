"""What stands beside a name without a rule of its own: dates of release and founding, parameters, money."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ajar.model.catalogue import Organisation, Product, System
from ajar.model.partial_date import PartialDate
from ajar.reading import check_events
from ajar.reading.claims import Draft
from ajar.reading.clauses import VERBS
from ajar.reading.facts import Facts
from ajar.reading.items import Item
from ajar.reading.lexicon import word_set
from ajar.reading.mention import Mention
from ajar.reading.quantities import DateMention, Quantity

Said = Callable[[Sequence[Item]], list[tuple[DateMention, tuple[PartialDate, ...]]]]
_RELEASING = word_set("beside-releasing")
_COMPARED = frozenset({"to", "with", "than", "like", "unlike", "on", "for", "from"})
_MAKING = frozenset({"is", "was", "are", "were", "been", "became", "become", "made", "makes"})  # available
_AFTER_SIZE = word_set("beside-after-size")
_DERIVED = frozenset(
    [
        "version",
        "versions",
        "variant",
        "variants",
        "distilled",
        "distillation",
        "smaller",
        "successor",
        "predecessor",
    ]
)
_FOUNDING = frozenset({"founded", "established", "founding", "incorporated"})


def beside(
    view: Sequence[Item],
    words: frozenset[str],
    said: Said,
    facts: Facts,
) -> Iterator[tuple[Draft, tuple[int, int]]]:
    """What stands beside a name without a rule of its own: dates of release and founding, parameters, money."""
    things = [item for item in view if item.cls == "S"]
    days = [
        (mention, group)
        for mention, group in said(view)
        if mention.sign not in {"until", "by", "before", "till", "since", "as of"}
    ]
    if things and days and words & _RELEASING:
        yield from _releases(view, things, days, facts)
    if days and words & _FOUNDING and not things:
        yield from _founding(view, days)
    for at, item in enumerate(view):
        if item.cls == "Q" and isinstance(item.ref, Quantity):
            yield from _parameters(view, at, item.ref, facts)
        elif item.cls == "M" and isinstance(item.ref, Quantity):
            yield from _money(view, item, item.ref, facts)


def _founding(
    view: Sequence[Item], days: Sequence[tuple[DateMention, tuple[PartialDate, ...]]]
) -> Iterator[tuple[Draft, tuple[int, int]]]:
    """The only organisation of a clause about a founding."""
    makers = [item for item in view if item.cls == "O"]
    place = makers[0].ref if len(makers) == 1 else None
    if isinstance(place, Mention) and isinstance(place.entity, Organisation):
        draft = check_events.founded(place.entity, [days[0][1]])
        if draft:
            yield draft, (makers[0].start, max(days[0][0].end, makers[0].end))


def _money(
    view: Sequence[Item],
    item: Item,
    figure: Quantity,
    facts: Facts,
) -> Iterator[tuple[Draft, tuple[int, int]]]:
    parties = [other.ref for other in view if isinstance(other.ref, Mention) and other.cls in "PO"]
    if parties:
        draft = check_events.money(figure, parties, [other.code for other in view], facts)
        if draft:
            yield draft, (item.start, item.end)


def _releases(
    view: Sequence[Item],
    things: Sequence[Item],
    days: Sequence[tuple[DateMention, tuple[PartialDate, ...]]],
    facts: Facts,
) -> Iterator[tuple[Draft, tuple[int, int]]]:
    """The date nearest to a verb of release is that of the system nearest to it."""
    places = [number for number, item in enumerate(view) if item.code in _RELEASING]
    for number in places[:2]:
        if view[number].code == "available" and not _MAKING & {
            item.code for item in view[max(number - 6, 0) : number]
        }:
            continue
        days_here = [pair for pair in days if _belongs(view, number, pair[0])]
        if not days_here:
            continue
        nearest = min(things, key=lambda item: abs(view.index(item) - number))
        if not _near(view, view.index(nearest), number):
            continue
        group = [item for item in things if abs(view.index(item) - view.index(nearest)) <= 2 * len(things)]
        day = min(
            days_here,
            key=lambda pair: min(abs(pair[0].start - view[number].start), abs(pair[0].start - nearest.start)),
        )
        for thing in group:
            place = view.index(thing)
            if place and view[place - 1].code in _COMPARED:
                continue
            if not isinstance(thing.ref, Mention) or not isinstance(thing.ref.entity, System | Product):
                continue
            draft = check_events.released(thing.ref, thing.ref.entity, [day[1]], facts)
            if draft:
                yield draft, (min(thing.start, day[0].start), max(thing.end, day[0].end))


def _near(view: Sequence[Item], thing: int, verb: int) -> bool:
    """Whether the system and the verb are of one clause: no comma between them but the one of a participle."""
    between = [item.code for item in view[min(thing, verb) + 1 : max(thing, verb)]]
    if between[:1] == [","] and len(between) <= 3:
        return True
    return (
        between.count(",") <= sum(item.cls == "S" for item in view) - 1
        if "," in between
        else len(between) <= 12
    )


def _belongs(view: Sequence[Item], verb: int, day: DateMention) -> bool:
    """A date goes with a verb before it in the clause, or with the first verb when it opens the clause."""
    at = next((number for number, item in enumerate(view) if item.ref is day), len(view))
    between = view[min(at, verb) + 1 : max(at, verb)]
    if at > verb:
        return not any(item.code in VERBS for item in between)
    return not any(item.code in VERBS for item in view[:at])


def _parameters(
    view: Sequence[Item], at: int, figure: Quantity, facts: Facts
) -> Iterator[tuple[Draft, tuple[int, int]]]:
    before = [item for item in view[:at] if item.cls == "S"]
    after = [item for item in view[at + 1 : at + 4] if item.cls == "S"]
    follows = view[at + 1] if at + 1 < len(view) else None
    attributive = follows is not None and (
        follows.cls == "N" or (follows.cls == "w" and follows.code[0].isalpha())
    )
    if attributive and follows is not None and follows.code not in _AFTER_SIZE and not after:
        return  # "a 303-million-parameter vision transformer" is a part of it
    chosen = before[-1] if before else after[0] if after else None
    if {item.code for item in view[:at]} & _DERIVED:
        return
    if (
        chosen is not None
        and isinstance(chosen.ref, Mention)
        and isinstance(chosen.ref.entity, System | Product)
    ):
        draft = check_events.parameters(chosen.ref, chosen.ref.entity, figure, facts)
        if draft:
            yield draft, (figure.start, figure.end)
