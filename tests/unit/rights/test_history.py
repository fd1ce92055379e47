"""The history of licence texts, and who uses them."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from ajar import licensing
from ajar.rights import story
from ajar.rights.bases import named_licences
from ajar.rights.data_store import licences
from ajar.rights.history import KINDS

ROWS = tomllib.loads((files("ajar.rights") / "data" / "history.toml").read_text("utf-8"))["event"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['licence']}-{row['kind']}")
def test_rows_are_sound(row):
    assert row["licence"] in licences()
    assert row["kind"] in KINDS
    assert row["source"].startswith("https://")
    assert ("of" in row) == (row["kind"] in {"follows", "left"})
    assert row.get("of", row["licence"]) in licences()
    if row["kind"] != "follows":
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", row["date"])


def test_texts_of_one_maker_form_no_circle():
    after = {}
    for row in ROWS:
        if row["kind"] == "follows":
            after.setdefault(row["licence"], []).append(row["of"])

    def walk(name, seen):
        assert name not in seen
        for older in after.get(name, ()):
            walk(older, {*seen, name})

    for name in after:
        walk(name, set())


def test_a_text_followed_and_left():
    told = story("gemma")
    assert told.follows == ("gemma-2024-04-01",)
    assert [(event.kind, event.date) for event in told.events] == [
        ("dated", "2025-03-24"),
        ("left", "2026-04-02"),
    ]
    assert "google/gemma-3-*" in told.models
    assert story("gemma-2024-04-01").followed_by == ("gemma",)


def test_nothing_known_is_nothing_said():
    told = story("Zlib")
    assert (told.events, told.follows, told.followed_by, told.models) == ((), (), (), ())


def test_a_model_under_two_licences_stands_under_both():
    assert any(pattern.startswith("deepseek-ai/DeepSeek-R1-Distill-Llama") for pattern in story("MIT").models)
    assert named_licences("MIT AND llama3.1")[0]


def test_known_releases_stand_under_their_licence():
    assert ("Grok-1", "2024-03-17") in licensing.story(licences()["Apache-2.0"]).releases
