import pytest

from ajar.formats.data_card import FORMAT
from ajar.formats.model_card import FORMAT as MODEL_CARD
from tests.build.text_files import look, matches, survives_cuts

CARD = """---
license: cc-by-4.0
task_categories:
- text-generation
---
# Tiny corpus

## Dataset Description

Ten documents written by hand for tests.
"""


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("README.md", CARD, True),
        ("README.md", CARD.replace("\n", "\r\n"), True),
        ("README.md", "---\nlicense: mit\n---\n# x", False),
        ("README.md", "# x\ntask_categories: a", False),
        ("DATA_CARD.md", "x", True),
        ("docs/datasheet.md", "x", True),
        ("my-dataset-card.txt", "x", True),
        ("DATASHEET", "x", True),
        ("datasheet.py", "x", False),
        ("guide.md", CARD, False),
        ("DATA_CARD.md", b"\0", False),
    ],
)
def test_matches(path, data, expected):
    assert matches(FORMAT, data, path) is expected


def test_the_same_analysis_under_its_own_keys():
    mine, theirs = look(FORMAT, CARD, "README.md"), look(MODEL_CARD, CARD, "README.md")
    assert [(f"data-{i.key}", i.value) for i in theirs.evidence] == [(i.key, i.value) for i in mine.evidence]
    assert mine.all("data-card.section") == ["data-card"]
    assert mine.all("data-card.license") == ["cc-by-4.0"]
    assert mine.texts == theirs.texts


def test_cut_anywhere():
    survives_cuts(FORMAT, CARD, "README.md")
