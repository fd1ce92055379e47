"""Drafts hold what was read, invent nothing, and change no verdict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import ajar
from ajar.config import Options
from ajar.preparing import prepare
from ajar.reports import cards, prepare_text
from ajar.rights.data_store import store
from tests.build.releases import apache_text, write_release

BARE = "---\nlicense: llama3.1\n---\n# Bare\n"
HOSTILE = """---
license: mit
datasets:
- "evil | table ](http://x.example) <script>"
base_model: "org/b\\u202e`@everyone`"
---
# Hostile

[add nothing] {{ title | x }}
"""


def releases(root: Path) -> dict[str, Path]:
    return {
        "good": write_release(root / "good", licence=apache_text()),
        "named": write_release(root / "named"),
        "bare": write_release(root / "bare", card=BARE, licence=store().text("llama3.1")),
        "hostile": write_release(root / "hostile", card=HOSTILE),
    }


@pytest.mark.parametrize("name", ["good", "named", "bare", "hostile"])
def test_a_draft_with_its_blanks_changes_no_verdict(tmp_path: Path, name: str) -> None:
    folder = releases(tmp_path)[name]
    before = ajar.audit(folder)
    for draft in prepare(str(folder), Options(), everything=True).drafts:
        (folder / draft.path).write_text(draft.text, "utf-8")
    after = ajar.audit(folder)
    for was, now in zip(before.verdicts, after.verdicts, strict=True):
        assert (now.at_least, now.declared, now.at_most) == (was.at_least, was.declared, was.at_most)
        assert [item.outcome for item in now.criteria] == [item.outcome for item in was.criteria], (
            now.instrument
        )
    assert {match.licence.id for match in after.licences} == {match.licence.id for match in before.licences}


def test_what_is_there_is_not_drafted(tmp_path: Path) -> None:
    found = releases(tmp_path)
    assert [draft.card for draft in prepare(str(found["good"]), Options()).drafts] == [
        "data-card",
        "data-information",
    ]
    assert [draft.path for draft in prepare(str(found["bare"]), Options()).drafts] == [
        "MODEL_CARD.md",
        "DATA_CARD.md",
        "DATA_INFORMATION.md",
    ]
    (found["bare"] / "README.md").unlink()
    assert prepare(str(found["bare"]), Options()).drafts[0].path == "README.md"


def test_facts_name_their_place_and_all_else_is_a_blank(tmp_path: Path) -> None:
    draft = prepare(str(releases(tmp_path)["named"]), Options(), everything=True).drafts[0]
    assert "- Architecture: LlamaForCausalLM (config.json" in draft.text
    assert "- Parameters: 256, counted in 1 file" in draft.text
    assert "- Made by: [add who made it]" in draft.text
    assert "- Data sets: wikitext (README.md:6)" in draft.text
    front = yaml.safe_load(draft.text.split("---\n")[1])
    assert front == {
        "license": "apache-2.0",
        "datasets": ["wikitext"],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
    }


def test_a_hostile_release_writes_no_markup(tmp_path: Path) -> None:
    for draft in prepare(str(releases(tmp_path)["hostile"]), Options(), everything=True).drafts:
        assert "<script>" not in draft.text.partition("\n---\n")[2]
        assert "\u202e" not in draft.text
        assert "](http" not in draft.text.partition("\n---\n")[2]
        assert draft.blanks == draft.text.count("[add ")
        if draft.text.startswith("---"):
            front = yaml.safe_load(draft.text.split("---\n")[1])
            assert front["datasets"] == ["evil | table ](http://x.example) <script>"]


@pytest.mark.parametrize("card", cards.CARDS)
def test_no_blank_of_a_template_is_cut_and_every_field_is_known(card: str, tmp_path: Path) -> None:
    from importlib.resources import files

    text = (files("ajar.reports") / "templates" / f"{card.replace('-', '_')}.md").read_text("utf-8")
    blanks = [*re.findall(r"\{\{ \w+ \| ([^}]+) \}\}", text), *re.findall(r"\[add ([^\]]+)\]", text)]
    assert len(blanks) >= 5  # so many make a template of it for an audit
    assert [words for words in blanks if len(words) > 59] == []
    shown = cards.render(card, ajar.audit(write_release(tmp_path / "x")))
    assert "{{" not in shown


def test_a_card_that_is_none() -> None:
    with pytest.raises(KeyError):
        cards.render("data-sheet", None)  # type: ignore[arg-type]


def test_the_text_counts_what_is_missing(tmp_path: Path) -> None:
    found = prepare(str(releases(tmp_path)["good"]), Options())
    text = prepare_text.render(found.report, found.ways, {"DATA_CARD.md": 1}, width=80)
    assert "MOF 1.0, Class III, Open Model: two things are missing" in text
    assert "  ✗ the data card, openly licensed: no description of the training data" in text
    assert "three more things are missing" in text
    assert "OSAI index, 6/12; more points for" in text
    assert "DATA_CARD.md: 1 place left to fill in" in text
    assert max(map(len, text.splitlines())) <= 80
