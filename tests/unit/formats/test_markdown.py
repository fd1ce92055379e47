import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.formats._markdown import (
    PARSER_LIMIT_CHARS,
    BlockKind,
    count_words,
    parse_blocks,
    plain,
    strip_comments,
)

DOCUMENT = """# Title

A paragraph
of two lines.

- item one
- item two

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1
```

Setext
------

<h2>Html</h2>
<table><tr><th>n</th></tr><tr><td>3</td></tr></table>
"""


def shape(blocks):
    return [(block.kind.value, block.line) for block in blocks]


def test_blocks_and_their_lines():
    assert shape(parse_blocks(DOCUMENT, first_line=11)) == [
        ("heading", 11),
        ("prose", 13),
        ("item", 16),
        ("item", 17),
        ("row", 19),
        ("row", 21),
        ("code", 24),
        ("heading", 27),
        ("heading", 30),
        ("row", 31),
        ("row", 31),
        ("html", 30),
    ]


def test_a_long_document_is_scanned_with_the_same_result():
    padding = "\n\n" + "word " * 20 + "\n" * 2
    long = DOCUMENT + padding * (PARSER_LIMIT_CHARS // len(padding) + 1)
    assert len(long) > PARSER_LIMIT_CHARS
    short = [b for b in parse_blocks(DOCUMENT) if b.kind != BlockKind.HTML]
    same = [b for b in parse_blocks(long) if b.kind != BlockKind.HTML][: len(short)]
    assert [(b.kind, b.line, b.cells, b.level, b.language) for b in same] == [
        (b.kind, b.line, b.cells, b.level, b.language) for b in short
    ]


def test_restructured_text():
    text = "Title\n=====\n\nUsage\n-----\n\nRun it::\n\n    go\n    stop\n\nLicense\n-------\nMIT\n"
    blocks = parse_blocks(text, rst=True)
    assert [(b.text, b.level) for b in blocks if b.kind == BlockKind.HEADING] == [
        ("Title", 1),
        ("Usage", 2),
        ("License", 2),
    ]
    assert [b.text.split() for b in blocks if b.kind == BlockKind.CODE] == [["go", "stop"]]


def test_words():
    assert count_words("It's a 7B model, state-of-the-art") == 5
    assert count_words("模型是开放的") == 3
    assert count_words(plain("[a link](https://x.y/z-z) and <b>bold</b> https://x.y ")) == 4


def test_comments_go_and_their_lines_stay():
    assert strip_comments("a<!-- x\ny -->b<!-- open\n") == "a\nb\n"


@pytest.mark.parametrize(
    "text",
    [
        "> " * 3000 + "\n" + "a\n" * 40_000,
        "- > " * 9 + "a\n" + "a\n" * 45_000,
        "|a" * 2000 + "\n" + "|-" * 2000 + "\n" + "|\n" * 40_000,
        "<!--" * 25_000 + "\n",
        "<h1>" * 25_000 + "\n",
        "<h2>a</h2>\n" * 200_000,
        "[" * 99_000 + "\n",
        "* a\n b\n" * 14_000,
        "a|b|c\n" * 200_000,
    ],
)
def test_hostile_markdown_takes_seconds_at_most(text):
    started = time.perf_counter()
    blocks = parse_blocks(text)
    sum(count_words(plain(block.text)) for block in blocks)
    assert time.perf_counter() - started < 10  # a quadratic reading takes minutes


@given(st.text(alphabet="#*-_`~>|<h1/>![]():= \n\ta1", max_size=200), st.booleans())
def test_any_text_gives_blocks_within_it(text, rst):
    lines = text.count("\n") + 1
    for block in parse_blocks(text, rst=rst):
        assert 1 <= block.line <= lines + 1
