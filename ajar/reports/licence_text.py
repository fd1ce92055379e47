"""What was read of a licence, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any

from ajar.model.component import Licence, LicenceMatch, MatchKind
from ajar.model.reading import LicenceEvent, LicenceStory, Reading
from ajar.model.terms import Answer, Clause, Duty, Facet, FacetDifference, Terms
from ajar.reports.plain import visible
from ajar.reports.words import ANSWER_MARKS, RIGHT_WORDS, how_known

SCHEMA = "ajar-licence/1"
NOT_ADVICE = "ajar reads what the words say; it gives no legal advice."
_DUTY_MARKS = {"met": "✓", "unmet": "✗", "unknown": "·"}
_DIFFERENCES = 12


def render(reading: Reading) -> str:
    """Identity, departures, the answer to the question, rights, duties."""
    lines = [*_identity(reading), *_departures(reading)]
    if reading.plan is not None:
        lines += ["", *_answers(reading)]
    else:
        lines += ["", *_rights(reading)]
    lines += _duties(reading.duties)
    return "\n".join([*lines, "", NOT_ADVICE])


def _identity(reading: Reading) -> Iterator[str]:
    if not reading.matches:
        yield f"{visible(reading.subject)}: {visible(reading.note or 'no licence')}"
        return
    for match in reading.matches:
        share = f", {match.share:.1%} of its words" if match.share is not None and match.share < 1 else ""
        name = match.licence.name if match.licence.name != match.licence.id else ""
        yield visible(f"{match.licence.id}  {name}".rstrip())
        yield f"  {visible(how_known(match))}{share}; {_openness(match)}"
    if reading.note:
        yield f"  {visible(reading.note)}"


def _openness(match: LicenceMatch) -> str:
    words = match.licence.openness.value.replace("-", " ")
    changed = match.match is MatchKind.MODIFIED and words.startswith("open")
    return f"the unchanged text is {words}, this one need not be" if changed else words


def _departures(reading: Reading) -> Iterator[str]:
    for number, item in enumerate(reading.touched):
        if number >= _DIFFERENCES:
            yield f"  and {len(reading.touched) - number} more departures"
            return
        place = f"line {item.line}: " if item.line else ""
        yield fill(
            f"{place}{item.change} “{visible(item.text)}”",
            96,
            initial_indent="  ! ",
            subsequent_indent="      ",
        )
        facets = dict.fromkeys(_said(clause) for clause in item.clauses)
        if facets:
            yield f"      touches {', '.join(facets)}"


def _said(clause: Clause) -> str:
    detail = f" {clause.number:,.0f} {clause.unit}" if clause.number is not None else ""
    return f"{clause.facet.value}: {clause.value}{detail}"


def _answers(reading: Reading) -> Iterator[str]:
    yield f"  {_MARKS_WORDS.get(reading.overall, reading.overall)}"
    for answer in reading.answers:
        yield f"  {ANSWER_MARKS.get(answer.answer, '?')} {visible(answer.about)}: {_answer(answer)}"
        if answer.quote:
            place = f" ({visible(str(answer.location))})" if answer.location else ""
            yield fill(
                f"“{visible(answer.quote)}”{place}", 96, initial_indent="      ", subsequent_indent="      "
            )
    if reading.plan is not None and reading.plan.unread:
        yield f"  ? not understood, and not answered: {visible(', '.join(reading.plan.unread))}"


_MARKS_WORDS = {
    "yes": "Yes.",
    "conditional": "Yes, if you do what is asked below.",
    "no": "No.",
    "unknown": "Not settled by the words.",
}


def _answer(answer: Answer) -> str:
    if answer.must:
        return f"{answer.answer}: you must {'; '.join(map(visible, answer.must))}"
    return answer.answer


def _rights(reading: Reading) -> Iterator[str]:
    for right in reading.rights:
        words = RIGHT_WORDS.get(right.id, right.id)
        yield f"  {ANSWER_MARKS.get(right.answer, '?')} {words:<26} {right.answer}"
        if right.quote and right.answer != "yes":
            place = f" ({visible(str(right.location))})" if right.location else ""
            yield fill(
                f"“{visible(right.quote)}”{place}", 96, initial_indent="      ", subsequent_indent="      "
            )


def _duties(duties: Sequence[Duty]) -> list[str]:
    if not duties:
        return []
    lines = ["", "  You must:"]
    for duty in duties:
        state = {"met": " (done here)", "unmet": " (not done here)"}.get(duty.state, "")
        words = f"{_DUTY_MARKS.get(duty.state, '·')} {visible(duty.what)}{state}"
        lines.append(fill(words, 96, initial_indent="    ", subsequent_indent="      "))
    return lines


# JSON


def dumps(reading: Reading) -> str:
    plan = reading.plan
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "subject": reading.subject,
        "note": reading.note,
        "licences": [_match(match) for match in reading.matches],
        "departures": [
            {
                "change": item.change,
                "text": item.text,
                "line": item.line,
                "touches": [_clause(clause) for clause in item.clauses],
            }
            for item in reading.touched
        ],
        "rights": {
            right.id: {
                "answer": right.answer,
                "quote": right.quote,
                "location": str(right.location) if right.location else None,
            }
            for right in reading.rights
        },
        "duties": [
            {
                "id": duty.id,
                "what": duty.what,
                "state": duty.state,
                "licence": duty.licence,
                "quote": duty.quote,
            }
            for duty in reading.duties
        ],
        "facets": {terms.licence: [_clause(clause) for clause in terms.clauses] for terms in reading.terms},
    }
    if plan is not None:
        body["question"] = {
            "acts": list(plan.acts),
            "is_commercial": plan.is_commercial,
            "users": plan.users,
            "revenue_usd": plan.revenue_usd,
            "territories": list(plan.territories),
            "not_in": list(plan.not_in),
            "field": list(plan.field),
            "unread": list(plan.unread),
        }
        body["answer"] = reading.overall
        body["answers"] = [
            {
                "about": answer.about,
                "answer": answer.answer,
                "must": list(answer.must),
                "quote": answer.quote,
                "location": str(answer.location) if answer.location else None,
                "licence": answer.licence,
            }
            for answer in reading.answers
        ]
    return json.dumps(body, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def _match(match: LicenceMatch) -> dict[str, Any]:
    return {
        "id": match.licence.id,
        "name": match.licence.name,
        "match": match.match.value,
        "share": match.share,
        "nearest": match.nearest,
        "openness": match.licence.openness.value,
        "osi": match.licence.osi,
        "limits": list(match.licence.limits),
        "lines": [match.location.line, match.last_line],
        "differences": [{"change": d.change, "text": d.text, "line": d.line} for d in match.differences],
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "facet": clause.facet.value,
        "value": clause.value,
        "number": clause.number,
        "unit": clause.unit,
        "items": list(clause.items),
        "quote": clause.quote,
        "line": clause.line,
    }


# one licence, and two


def facets(found: Licence, said: Terms, story: LicenceStory) -> str:
    head = [
        visible(f"{found.id}  {found.name}"),
        f"  {found.openness.value.replace('-', ' ')}{', OSI-approved' if found.osi else ''}",
        f"  {'reviewed ' + said.date + ', ' + said.source if said.is_reviewed else 'read by the clause detectors, not reviewed'}",
        "",
    ]
    return "\n".join([*head, *_by_facet(said.clauses), *_story(story)])


def _story(story: LicenceStory) -> Iterator[str]:
    rows = [(event.date, event_words(event)) for event in story.events]
    rows += [("before it", name) for name in story.follows]
    rows += [("after it", name) for name in story.followed_by]
    if story.releases:
        rows.append(
            ("releases", ", ".join(f"{name} ({date})" if date else name for name, date in story.releases))
        )
    if story.models:
        rows.append(("used by", ", ".join(story.models)))
    if rows:
        yield ""
    for name, words in rows:
        yield fill(visible(words), 96, initial_indent=f"  {name:<19}", subsequent_indent=" " * 21)


def event_words(event: LicenceEvent) -> str:
    if event.kind == "left":
        return f"left for {event.of} with {event.what}"
    return event.what or "the date that stands in the text"


def _by_facet(clauses: Sequence[Clause]) -> Iterator[str]:
    for facet in Facet:
        for clause in (item for item in clauses if item.facet is facet):
            detail = f" {clause.number:,.0f} {clause.unit}" if clause.number is not None else ""
            items = f" ({', '.join(clause.items)})" if clause.items else ""
            yield visible(f"  {facet.value:<19}{clause.value}{detail}{items}")
            if clause.quote:
                yield fill(
                    f"“{visible(clause.quote)}”", 96, initial_indent=" " * 21, subsequent_indent=" " * 21
                )


def facets_json(found: Licence, said: Terms, story: LicenceStory) -> str:
    body = {
        "id": found.id,
        "name": found.name,
        "openness": found.openness.value,
        "osi": found.osi,
        "limits": list(found.limits),
        "reviewed": said.is_reviewed,
        "source": said.source,
        "date": said.date,
        "facets": [_clause(clause) for clause in said.clauses],
        "history": [
            {
                "date": event.date,
                "kind": event.kind,
                "of": event.of or None,
                "what": event_words(event),
                "source": event.source,
            }
            for event in story.events
        ],
        "follows": list(story.follows),
        "followed_by": list(story.followed_by),
        "models": list(story.models),
        "releases": [{"name": name, "date": date or None} for name, date in story.releases],
    }
    return json.dumps(body, indent=2, ensure_ascii=False)


def compare(left: Licence, right: Licence, found: Sequence[FacetDifference]) -> str:
    if not found:
        return f"{left.id} and {right.id} say the same in every facet that ajar reads"
    lines = [f"{visible(left.id)}  against  {visible(right.id)}", ""]
    for difference in found:
        lines.append(f"  {difference.facet.value}")
        for licence, clauses in ((left, difference.left), (right, difference.right)):
            said = "; ".join(_short(clause) for clause in clauses) or "says nothing more"
            lines.append(
                fill(visible(f"{licence.id}: {said}"), 96, initial_indent="    ", subsequent_indent="      ")
            )
    return "\n".join(lines)


def _short(clause: Clause) -> str:
    items = f" ({', '.join(clause.items)})" if clause.items else ""
    return f"{_said(clause).partition(': ')[2]}{items} “{clause.quote[:140]}”"


def compare_json(left: Licence, right: Licence, found: Sequence[FacetDifference]) -> str:
    rows = [
        {
            "facet": item.facet.value,
            "left": [_clause(clause) for clause in item.left],
            "right": [_clause(clause) for clause in item.right],
        }
        for item in found
    ]
    return json.dumps({"left": left.id, "right": right.id, "differences": rows}, indent=2, ensure_ascii=False)
