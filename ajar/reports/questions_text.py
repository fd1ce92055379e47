"""The four questions for the terminal, of one release or of all of a maker's."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ajar.model.comparison import Entry
from ajar.model.evidence import Evidence, Ground
from ajar.model.landscape import Concentration
from ajar.model.question import Question, Reply
from ajar.reports.compare_words import ORIGIN_WORDS, POINT_WORDS, about
from ajar.reports.makers_words import CONCENTRATION_WORDS, concentration
from ajar.reports.plain import visible
from ajar.reports.questions_words import REPLY_WORDS, TOPIC_WORDS, basis_words, part_of

Paint = Callable[[str, str], str]
Asked = Sequence[tuple[str, Sequence[Question]]]
_NAMES = 6  # releases named of one answer
_GROUNDS = 2  # shown of one answer


def render(
    entry: Entry,
    questions: Sequence[Question],
    concentrations: Sequence[Concentration],
    makers: tuple[str, ...],
    *,
    colour: bool,
    width: int,
) -> str:
    """The questions put to one release, with what each answer rests on."""
    paint = _painter(colour=colour)
    said = "; ".join(part for part in (about(entry), ORIGIN_WORDS[entry.origin]) if part)
    lines = [paint(visible(entry.report.title)[:width], "1"), *_wrap(said, width)]
    lines += _wrap(entry.note, width) if entry.note else []
    for question in questions:
        lines += ["", *_heading(question, width, paint)]
        lines += _points(question, width)
    lines += _hands(concentrations, makers, width, paint)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def summary(questions: Sequence[Question], *, width: int, paint: Paint) -> Iterator[str]:
    """The questions in a line or two each, for the card of a release."""
    yield paint("The four questions", "1")
    for question in questions:
        told = "; ".join(
            f"{POINT_WORDS[point.id]}: {'?' if point.reply is Reply.UNKNOWN else '–' if point.reply is Reply.MOOT else point.reply}"
            for point in question.points
        )
        yield from textwrap.wrap(
            visible(f"{question.topic.value:<11}{told}"),
            width,
            initial_indent="  ",
            subsequent_indent=" " * 13,
            break_on_hyphens=False,
        )


def render_maker(
    name: str,
    asked: Asked,
    concentrations: Sequence[Concentration],
    makers: tuple[str, ...],
    *,
    colour: bool,
    width: int,
) -> str:
    """The questions put to each of a maker's releases, counted."""
    paint = _painter(colour=colour)
    lines = [
        paint(visible(name)[:width], "1"),
        *_wrap(f"n = {len(asked)} releases of the catalogue, as told", width),
    ]
    for number, question in enumerate(asked[0][1] if asked else ()):
        lines += ["", paint(f"{TOPIC_WORDS[question.topic]}. {question.asks}", "1")]
        for index, point in enumerate(question.points):
            found = [(title, questions[number].points[index].reply) for title, questions in asked]
            lines += _wrap(point.asks, width)
            for reply, count in _counts([reply for _, reply in found]):
                titles = [title for title, given in found if given is reply]
                more = f" and {count - _NAMES} more" if count > _NAMES else ""
                named = f": {', '.join(titles[:_NAMES])}{more}" if reply is not Reply.UNKNOWN else ""
                lines += _wrap(f"{REPLY_WORDS[reply]} {count}{named}", width, indent=4)
    lines += _hands(concentrations, makers, width, paint)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _painter(*, colour: bool) -> Paint:
    return lambda text, code: f"\x1b[{code}m{text}\x1b[0m" if colour and code else text


def _counts(replies: Sequence[Reply]) -> list[tuple[Reply, int]]:
    counted = Counter(replies)
    return [(reply, counted[reply]) for reply in Reply if counted[reply]]


def _heading(question: Question, width: int, paint: Paint) -> Iterator[str]:
    open_ones = f" ({question.unknown} of {len(question.points)} not known)" if question.unknown else ""
    yield paint(f"{TOPIC_WORDS[question.topic]}. {question.asks}{open_ones}"[:width], "1")


def _points(question: Question, width: int) -> Iterator[str]:
    """Each answer with what it rests on; what is not known together, by the reason why."""
    open_ones: dict[str, list[str]] = {}
    for point in question.points:
        if point.reply is Reply.UNKNOWN:
            open_ones.setdefault(point.words, []).append(point.asks)
            continue
        reply = REPLY_WORDS[point.reply]
        shown = reply if point.reply is Reply.MOOT else reply.upper()
        yield from _wrap(f"{point.asks} {shown} ({basis_words(point)}): {point.words}", width)
        for ground in point.because[:_GROUNDS]:
            yield from _wrap(_ground(ground), width, indent=6)
    for words, asks in open_ones.items():
        yield from _wrap(f"Not known, {words}: {' '.join(asks)}", width)


def _ground(ground: Ground) -> str:
    if isinstance(ground, Evidence):
        quote = f" “{ground.quote[:100]}”" if ground.quote else f" {ground.key} = {ground.value}"
        return f"{ground.location}{quote}"
    return f"{ground.location} {ground.detail}"


def _hands(
    concentrations: Sequence[Concentration], makers: tuple[str, ...], width: int, paint: Paint
) -> Iterator[str]:
    yield ""
    yield paint("In how few hands, over the whole catalogue", "1")
    for found in concentrations:
        held = part_of(found, makers)
        yield from _wrap(
            f"{CONCENTRATION_WORDS[found.id]}: {f'{held}. ' if held else ''}{concentration(found)}", width
        )


def _wrap(text: str, width: int, indent: int = 2) -> list[str]:
    return textwrap.wrap(
        visible(text),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
    )
