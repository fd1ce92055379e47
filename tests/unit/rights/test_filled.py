"""Licences as people fill them in: appendices, names in slots, and names that are verbs as well."""

from __future__ import annotations

import re

import pytest

from ajar.model.component import MatchKind
from ajar.rights.data_store import store
from ajar.rights.identify import identify_licence

CLEAN = {MatchKind.EXACT, MatchKind.TEMPLATE}


def filled(name: str) -> str:
    """A text with its appendix's blanks filled in, as GNU and Apache ask for."""
    text = re.sub(
        r"(?:<program>\s+|Gnomovision version 69, )?Copyright(?: \(C\))?\s+[<\[]?(?:yyyy|year|19[xy]{2})[>\]]?,?\s+"
        r"[<\[]?name of (?:the |copyright )?(?:author|owner)[>\]]?",
        "Okapi  Copyright (C) 2026  Jane Roe",
        store().text(name),
    )
    text = re.sub(
        r"<?one line to give the \w+'s name and (?:an|a brief) idea of what it does\.?>?",
        "Okapi OCR toolkit",
        text,
    )
    for example in ("Gnomovision", "Yoyodyne", "James Hacker", "James Random Hacker", "Ty Coon", "<program>"):
        text = text.replace(example, "Okapi")
    return text


@pytest.mark.parametrize(
    "name",
    [
        "GPL-1.0-only",
        "GPL-2.0-only",
        "GPL-3.0-only",
        "AGPL-3.0-only",
        "LGPL-2.1-only",
        "Apache-2.0",
        "ECL-2.0",
    ],
)
def test_a_filled_in_appendix_changes_nothing(name: str) -> None:
    text = filled(name)
    assert text != store().text(name)
    found = identify_licence(text)
    assert (found.licence.id, found.match) in {(name, kind) for kind in CLEAN}, found.differences


def test_an_appendix_that_says_more_is_a_change() -> None:
    text = filled("GPL-3.0-only").replace("any later version", "any later version that Acme permits")
    found = identify_licence(text)
    assert found.match is MatchKind.MODIFIED
    assert {item.text for item in found.differences} == {"that Acme permits"}


def test_a_blank_holds_no_condition() -> None:
    text = filled("GPL-3.0-only").replace("Okapi OCR toolkit", "Okapi must not be used by any competitor")
    found = identify_licence(text)
    assert found.match is MatchKind.MODIFIED
    assert any("competitor" in item.text for item in found.differences)


@pytest.mark.parametrize(
    ("name", "blanks"),
    [
        (
            "commons-clause-1.0",
            {"[name software]": "Okapi", "[i.e. Apache 2.0]": "MIT", "[ABC company]": "Acme, Inc."},
        ),
        ("prosperity-3.0.0", {"$name": "Jane Roe", "$address": "https://example.org/okapi"}),
    ],
)
def test_blanks_that_a_row_names_hold_names_alone(name: str, blanks: dict[str, str]) -> None:
    text = store().text(name)
    for blank, own in blanks.items():
        assert blank in text
        text = text.replace(blank, own)
    assert identify_licence(text).match is MatchKind.TEMPLATE
    last = [*blanks.values()][-1]
    changed = identify_licence(text.replace(last, f"{last}, to whom you must report"))
    assert changed.match is MatchKind.MODIFIED
    assert "must report" in changed.differences[0].text


@pytest.mark.parametrize("holder", ["Will McGugan", "Go Gopher", "Brian May"])
def test_a_holder_may_be_called_by_a_verb(holder: str) -> None:
    text = store().text("BSD-3-Clause").split("\n\n", 1)[1]
    text = re.sub(r"THE COPYRIGHT HOLDERS AND CONTRIBUTORS", holder.upper(), text)
    found = identify_licence(f"Copyright (c) 2019-2026 {holder}\n\n{text}")
    assert (found.licence.id, found.match) == ("BSD-3-Clause", MatchKind.TEMPLATE), found.differences


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2026 Will Terminate",
        "Copyright (c) 2026 May Not Sell",
        "Copyright (c) 2026 Will Be Revoked",
    ],
)
def test_a_sentence_is_no_holder(line: str) -> None:
    text = store().text("MIT").split("\n\n", 2)[2]
    found = identify_licence(f"MIT License\n\n{line}\n\n{text}")
    assert found.match is MatchKind.MODIFIED
    assert any(line.rsplit(maxsplit=1)[-1] in item.text for item in found.differences)


def test_what_stands_in_a_slot_does_not_make_it_another_licence() -> None:
    """NTT's licence has a shorter name in its slots, and is no nearer for it."""
    text = store().text("BSD-2-Clause").replace("Redistributions of source", "Redistribution of source")
    text = re.sub(r"THE COPYRIGHT HOLDERS? (?:AND|OR) CONTRIBUTORS", "ACME'S OWN PEOPLE, WHO ARE MANY", text)
    assert identify_licence(text).licence.id == "BSD-2-Clause"
