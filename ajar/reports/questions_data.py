"""The four questions as JSON, `ajar-questions/1`: of one release, or of each of a maker's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ajar.config import VERSION
from ajar.model.comparison import Entry
from ajar.model.landscape import Concentration
from ajar.model.question import Question
from ajar.reports.json_v1 import grounds
from ajar.reports.makers_data import concentration_json
from ajar.reports.tables import json_text

SCHEMA = "ajar-questions/1"
Json = dict[str, Any]
Asked = Sequence[tuple[str, str, Sequence[Question]]]
"""For each release its id, its name and its answers."""


def dumps(
    subject: str, asked: Asked, concentrations: Sequence[Concentration], *, entry: Entry | None = None
) -> str:
    """As JSON text. `subject` is what was asked about; `entry` the one release, if it is one."""
    body: Json = {
        "schema": SCHEMA,
        "tool": {"name": "ajar", "version": VERSION},
        "asked": subject,
        "kind": "maker" if entry is None else "release",
        "from": "catalogue" if entry is None else entry.origin.value,
        "note": "" if entry is None else entry.note,
        "releases": [
            {"id": key, "title": title, "questions": [question_json(question) for question in questions]}
            for key, title, questions in asked
        ],
        "concentrations": [concentration_json(found) for found in concentrations],
    }
    return json_text(body)


def question_json(question: Question) -> Json:
    """One question with its points."""
    return {
        "topic": question.topic.value,
        "asks": question.asks,
        "unknown": question.unknown,
        "points": [
            {
                "id": point.id,
                "asks": point.asks,
                "reply": point.reply.value,
                "basis": point.basis.value,
                "words": point.words,
                "because": grounds(point.because),
            }
            for point in question.points
        ],
    }
