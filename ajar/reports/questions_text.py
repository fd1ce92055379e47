"""The four questions for the terminal, of one release or of all of a maker's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ajar.model.comparison import Entry
from ajar.model.evidence import Evidence, Ground
from ajar.model.landscape import Concentration
from ajar.model.question import Question, Reply
from ajar.reports.compare_words import ORIGIN_WORDS, POINT_WORDS, about
from ajar.reports.makers_words import CONCENTRATION_WORDS, concentration
from ajar.reports.page import Page
from ajar.reports.plain import visible
from ajar.reports.questions_words import REPLY_WORDS, TOPIC_WORDS, basis_words, part_of

Asked = Sequence[tuple[str, Sequence[Question]]]
"""For each release its name and its answers."""

_NAMES = 6  # releases named of one answer
_GROUNDS = 2  # shown of one answer
_SIGNS = {Reply.UNKNOWN: "?", Reply.MOOT: "–"}


def render(
    entry: Entry, questions: Sequence[Question], concentrations: Sequence[Concentration], page: Page
) -> str:
    """The questions put to one release, with what each answer rests on."""
    said = "; ".join(part for part in (about(entry), ORIGIN_WORDS[entry.origin]) if part)
    page.add([page.heading(visible(entry.report.title)[: page.width]), *page.wrap(said, hang=4)])
    if entry.note:
        page.add(page.wrap(entry.note, hang=4))
    for question in questions:
        open_ones = f" ({question.unknown} of {len(question.points)} not known)" if question.unknown else ""
        title = f"{TOPIC_WORDS[question.topic]}. {question.asks}{open_ones}"
        page.add(["", page.heading(title[: page.width]), *_points(question, page)])
    page.add(_hands(concentrations, entry.makers, page))
    return "\n".join(page.lines) + "\n"


def summary(questions: Sequence[Question], page: Page) -> Iterator[str]:
    """The questions in a line or two each, for the card of a release."""
    yield page.heading("The four questions (? not known, – nothing to ask it of)")
    for question in questions:
        told = "; ".join(
            f"{POINT_WORDS[point.id]}: {_SIGNS.get(point.reply, point.reply.value)}"
            for point in question.points
        )
        yield from page.wrap(f"{question.topic.value:<11}{told}", hang=13)


def render_maker(
    name: str, asked: Asked, concentrations: Sequence[Concentration], makers: tuple[str, ...], page: Page
) -> str:
    """The questions put to each of a maker's releases, counted."""
    page.add([page.heading(visible(name)[: page.width])])
    page.add(page.wrap(f"n = {len(asked)} releases of the catalogue, as told"))
    for number, question in enumerate(asked[0][1] if asked else ()):
        page.add(["", page.heading(f"{TOPIC_WORDS[question.topic]}. {question.asks}")])
        for index, point in enumerate(question.points):
            found = [(title, questions[number].points[index].reply) for title, questions in asked]
            page.add(page.wrap(point.asks, hang=4))
            page.add(_counted(found, page))
    page.add(_hands(concentrations, makers, page))
    return "\n".join(page.lines) + "\n"


def _counted(found: Sequence[tuple[str, Reply]], page: Page) -> Iterator[str]:
    """How many releases have each answer, and which; those of which it is not known are only counted."""
    counts = Counter(reply for _, reply in found)
    for reply in Reply:
        if not counts[reply]:
            continue
        titles = [title for title, given in found if given is reply]
        more = f" and {len(titles) - _NAMES} more" if len(titles) > _NAMES else ""
        named = "" if reply is Reply.UNKNOWN else f": {', '.join(titles[:_NAMES])}{more}"
        yield from page.wrap(f"{REPLY_WORDS[reply]} {counts[reply]}{named}", indent=4, hang=6)


def _points(question: Question, page: Page) -> Iterator[str]:
    """Each answer with what it rests on; what is not known together, by the reason why."""
    open_ones: dict[str, list[str]] = {}
    for point in question.points:
        if point.reply is Reply.UNKNOWN:
            open_ones.setdefault(point.words, []).append(point.asks)
            continue
        reply = REPLY_WORDS[point.reply]
        shown = reply if point.reply is Reply.MOOT else reply.upper()
        yield from page.wrap(f"{point.asks} {shown} ({basis_words(point)}): {point.words}", hang=4)
        for ground in point.because[:_GROUNDS]:
            yield from page.wrap(_ground(ground), indent=6, hang=8)
    for words, asks in open_ones.items():
        yield from page.wrap(f"Not known, {words}: {' '.join(asks)}", hang=4)


def _ground(ground: Ground) -> str:
    if isinstance(ground, Evidence):
        quote = f" “{ground.quote[:100]}”" if ground.quote else f" {ground.key} = {ground.value}"
        return f"{ground.location}{quote}"
    return f"{ground.location} {ground.detail}"


def _hands(concentrations: Sequence[Concentration], makers: tuple[str, ...], page: Page) -> Iterator[str]:
    yield ""
    yield page.heading("In how few hands, over the whole catalogue")
    for found in concentrations:
        held = part_of(found, makers)
        words = f"{CONCENTRATION_WORDS[found.id]}: {f'{held}. ' if held else ''}{concentration(found)}"
        yield from page.wrap(words, hang=4)
