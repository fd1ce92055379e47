"""What changed between two releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ajar
from ajar.diffing import diff
from ajar.reports import diff_text
from ajar.rights.data_store import store
from tests.build.pickles import command
from tests.build.releases import apache_text, write_release


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return write_release(tmp_path / "before", licence=apache_text())


def against(before: Path, **changed: str | bytes | None):
    after = before.parent / "after"
    after.mkdir()
    for path in before.iterdir():
        (after / path.name).write_bytes(path.read_bytes())
    for name, content in changed.items():
        path = after / name.replace("__", ".")
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return diff(ajar.audit(before), ajar.audit(after))


def test_nothing(before):
    found = against(before)
    assert found.changes == ()
    assert "nothing" in found.headline


def test_a_licence_swapped_under_the_same_name_is_the_headline(before):
    clause = "\nYou may not use the Work for any commercial purpose.\n"
    found = against(before, LICENSE=apache_text() + clause, extra__txt="x")
    assert found.changes[0].about == "licence"
    assert "commercial" in found.changes[0].after
    assert found.changes[0].before.startswith("Apache-2.0 (exact")


def test_another_licence_is_worse(before):
    found = against(before, LICENSE=store().text("llama3.1"), README__md="---\nlicense: llama3.1\n---\n# x\n")
    first = next(change for change in found.changes if change.what == "licence of the weights")
    assert (first.before, first.is_worse) == ("Apache-2.0", True)
    assert "llama3.1" in first.after
    assert any(change.about == "door" for change in found.changes)
    assert any(change.about == "right" and change.is_worse for change in found.changes)


def test_a_file_that_became_dangerous(before):
    found = against(before, evil__pkl=command())
    safety = [change for change in found.changes if change.about == "safety"]
    assert [change.after for change in safety] == ["dangerous", "dangerous"]
    assert "os.system" in safety[1].what


def test_weights_withdrawn(before):
    found = against(before, model__safetensors=None)
    part = next(change for change in found.changes if change.what == "final-parameters")
    assert part.is_worse
    assert any(change.about == "file" and not change.after for change in found.changes)


def test_outputs(before):
    found = against(before, **{"a\u202ename__txt": "x"})
    text = diff_text.render(found)
    assert "\u202e" not in text
    data = json.loads(diff_text.dumps(found))
    assert data["schema"] == "ajar-diff/1"
    assert len(data["changes"]) == len(found.changes)


def test_one_change_of_all_parts_is_told_once_and_weights_come_first(before):
    found = against(before, LICENSE=store().text("gemma"), README__md="---\nlicense: gemma\n---\n# x\n")
    assert found.headline == "licence of the weights: Apache-2.0 → gemma, which is no longer as open"
    lines = [line.strip() for line in diff_text.render(found).splitlines()]
    assert sum("Apache-2.0 → gemma" in line for line in lines) == 2  # the headline, and all parts in one line
    assert any(line.startswith("! licence of the weights, code") for line in lines)
    assert any(line.startswith("! text at LICENSE: Apache-2.0 (exact) → gemma (exact)") for line in lines)


def test_a_licence_that_opens_is_not_worse(before):
    (before / "LICENSE").write_text(store().text("gemma"))
    found = against(before, LICENSE=apache_text())
    assert not any(change.is_worse for change in found.changes if change.about == "licence")
    assert "no longer" not in found.headline


def test_words_added_to_a_known_text_are_worse(before):
    found = against(before, LICENSE=apache_text() + "\nYou must not use it for any commercial purpose.\n")
    text = next(change for change in found.changes if change.what == "text at LICENSE")
    assert text.is_worse


def test_commits_are_shown_short(before):
    from ajar.model.change import Diff

    made = Diff(before=f"hf:org/a@{'a' * 40}", after=f"hf:org/a@{'b' * 40}", changes=())
    assert diff_text.render(made).splitlines()[0] == "hf:org/a@aaaaaaaaaa  →  hf:org/a@bbbbbbbbbb"
    assert "same revision" not in made.headline
    assert "same revision" in Diff(before=made.before, after=made.before, changes=()).headline
