"""Privacy, security, ethics, monopoly: the four questions, answered from what a report holds, never as one score.

    for question in ask(report):
        for point in question.points:
            print(point.asks, point.reply, point.words)

A report of an audit and one on a system of the catalogue are asked the same.
"""

from __future__ import annotations

from ajar.model.question import Question, Topic
from ajar.model.report import Report
from ajar.questions import ethics, monopoly, privacy, security

ASKS = {
    Topic.PRIVACY: "What of people's data?",
    Topic.SECURITY: "Can it be trusted to run?",
    Topic.ETHICS: "What is it for, what is it not for, and who checked?",
    Topic.MONOPOLY: "Who holds it?",
}
_POINTS = {
    Topic.PRIVACY: privacy.points,
    Topic.SECURITY: security.points,
    Topic.ETHICS: ethics.points,
    Topic.MONOPOLY: monopoly.points,
}

__all__ = ["ASKS", "ask"]


def ask(report: Report) -> tuple[Question, ...]:
    """The four questions put to one release, in the order of `Topic`."""
    return tuple(
        Question(topic=topic, asks=ASKS[topic], points=tuple(_POINTS[topic](report))) for topic in Topic
    )
