"""Of several answers, the one that decides."""

import pytest

from ajar.frameworks.licensing import Answer, best, worst
from ajar.model.evidence import Basis
from ajar.model.judgement import Outcome

MET = Answer(Outcome.MET, Basis.VERIFIED, "seen")
DECLARED = Answer(Outcome.UNKNOWN, Basis.DECLARED, "said")
SILENT = Answer(Outcome.UNKNOWN, Basis.UNKNOWN, "nobody speaks of it")
PARTIAL = Answer(Outcome.PARTIAL, Basis.VERIFIED, "half")
UNMET = Answer(Outcome.UNMET, Basis.ABSENT, "not there")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((MET, UNMET, PARTIAL), UNMET),
        ((MET, SILENT, PARTIAL), PARTIAL),
        ((MET, DECLARED), DECLARED),
        ((DECLARED, SILENT), SILENT),  # a declared part declares no other
        ((SILENT, DECLARED), SILENT),
        ((MET, MET), MET),
    ],
)
def test_the_worst_decides(answers: tuple[Answer, ...], expected: Answer) -> None:
    assert worst(*answers) is expected


def test_the_best_helps_most() -> None:
    assert best(UNMET, DECLARED, MET) is MET
    assert best(UNMET, PARTIAL, DECLARED) is DECLARED
