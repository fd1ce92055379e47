"""Licences named by their titles in short notices."""

from __future__ import annotations

import pytest

from ajar.model.component import MatchKind
from ajar.rights.data_store import licences
from ajar.rights.identify import identify_licence
from ajar.rights.titles import named_by_title, sets_terms


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('Under the Common Development and Distribution License, Version 1.0 (the "License")', "CDDL-1.0"),
        ("subject to the terms of the Mozilla Public License, v. 2.0. If a copy", "MPL-2.0"),
        ("the Mozilla Public Licence v2.0", "MPL-2.0"),
        ("DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE", "WTFPL"),
        ("Mozilla Public License 2.0, that is, the Mozilla Public License, version 2.0", "MPL-2.0"),
    ],
)
def test_a_title_names_its_licence(text: str, name: str) -> None:
    found = named_by_title(text)
    assert found is not None
    assert found.id == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a licence",
        "the Mozilla Public License",
        "the Mozilla Public License, version 2.5",
        "the Mozilla Public License 1.1 or the Common Development and Distribution License 1.0",
        "It is not under the Mozilla Public License 2.0.",
        "formerly the Mozilla Public License 2.0",
    ],
)
def test_what_names_none_or_several(text: str) -> None:
    assert named_by_title(text) is None


@pytest.mark.parametrize(
    ("sections", "part"),
    [
        ("with no Invariant Sections, with no Front-Cover Texts", "no-invariants"),
        ("with the Invariant Sections being Thanks, with the Front-Cover Texts being None", "invariants"),
    ],
)
def test_gnus_book_licence_is_told_by_its_sections(sections: str, part: str) -> None:
    found = identify_licence(
        "Permission is granted to copy, distribute and/or modify this document under the terms of the GNU Free "
        f"Documentation License, Version 1.2 or any later version published by the Free Software Foundation; {sections}, "
        "and with no Back-Cover Texts."
    )
    assert (found.match, found.licence.id) == (MatchKind.REFERENCE, f"GFDL-1.2-{part}-or-later")


@pytest.mark.parametrize(
    "text",
    ["MIT License. Non-commercial use only.", "Apache License 2.0, for research only, no military use."],
)
def test_a_name_with_terms_of_ones_own_is_no_reference(text: str) -> None:
    found = identify_licence(text)
    assert found.match is MatchKind.UNKNOWN
    assert "sets terms of its own" in found.because


def test_a_licences_own_name_sets_no_terms() -> None:
    known = licences()
    assert not sets_terms(["creative", "commons", "noncommercial"], known["CC-BY-NC-4.0"])
    assert sets_terms(["creative", "commons", "noncommercial"], known["CC-BY-4.0"])


def test_a_notice_with_another_disclaimer_is_still_a_reference() -> None:
    found = identify_licence(
        'Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in '
        "compliance with the License. You may obtain a copy of the License at\n\n"
        "    http://www.apache.org/licenses/LICENSE-2.0\n\n"
        'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED '
        "TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL "
        "THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF "
        "CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER "
        "DEALINGS IN THE SOFTWARE."
    )
    assert (found.match, found.licence.id) == (MatchKind.REFERENCE, "Apache-2.0")
