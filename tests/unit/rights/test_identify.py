"""One answer for one text: verdicts, hidden changes, encodings, bounds."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import ajar
from ajar.errors import BudgetExceeded, MalformedError, UsageError
from ajar.model.component import LicenceMatch, MatchKind, Openness
from ajar.rights import data_store
from ajar.rights.align import STEPS_LIMIT, Steps, blocks
from ajar.rights.data_store import licences, store
from ajar.rights.identify import identify_licence
from ajar.rights.match import identify
from ajar.rights.normalise import WORDS_LIMIT, words_of
from ajar.rights.plain import decode, plain_of

MIT = store().text("MIT")
CLEAN = {MatchKind.EXACT, MatchKind.TEMPLATE}
GRANT = "without restriction, including without limitation"


def shown(found: LicenceMatch) -> str:
    return " | ".join(item.text for item in found.differences)


@pytest.mark.parametrize(
    "name",
    ["llama3.1", "gemma", "qwen-2024", "deepseek-model-1.0", "kimi-modified-mit", "deepfloyd-if-license"],
)
def test_makers_texts_are_exact_and_never_open(name: str) -> None:
    found = identify_licence(store().text(name))
    assert (found.licence.id, found.match, found.share) == (name, MatchKind.EXACT, 1.0)
    assert found.licence.openness is Openness.RESTRICTED
    assert found.text_present


def test_a_fingerprint_knows_its_licence_by_hashes_alone() -> None:
    template = next(
        store().template(number) for number in range(len(store().owners)) if store().template(number).grams
    )
    name = store().ids[template.owner]
    assert licences()[name].openness is Openness.RESTRICTED
    assert len(template.words) == 0
    with pytest.raises(KeyError):
        store().text(name)


def test_a_modified_mit_shows_its_clause_and_its_line() -> None:
    clause = "Any product with more than 100 million monthly users shall display the word Examplar."
    found = identify_licence(f"{MIT}\n{clause}\n")
    assert found.match is MatchKind.MODIFIED
    assert clause.rstrip(".") in shown(found)
    assert {item.line for item in found.differences} == {f"{MIT}\n{clause}".count("\n") + 1}


def test_a_text_built_from_another_is_derived_and_bears_no_name() -> None:
    lines = store().text("llama3.1").split("\n")
    own = "The licensee shall, before each launch, ask the board of Examplar for its blessing."
    found = identify_licence("\n".join(own if number % 4 == 1 else line for number, line in enumerate(lines)))
    assert found.match in {MatchKind.DERIVED, MatchKind.UNKNOWN}
    assert found.nearest.startswith("llama3")
    assert found.licence.openness is Openness.UNKNOWN
    assert found.share is not None
    assert 0.3 < found.share < 0.95


def test_two_licences_are_one_composite_with_its_parts() -> None:
    apache = store().text("Apache-2.0")
    found = identify_licence(f"{MIT}\n\n-----\n\n{apache}")
    assert found.match is MatchKind.COMPOSITE
    assert [part.licence.id for part in found.parts] == ["MIT", "Apache-2.0"]
    assert all(part.match in CLEAN for part in found.parts)
    assert (found.parts[0].last_line or 0) < (found.parts[1].location.line or 0)


def test_a_composite_is_as_strict_as_its_strictest_part() -> None:
    found = identify_licence(f"{MIT}\n\n-----\n\n{store().text('llama2')}")
    assert found.licence.openness is Openness.RESTRICTED
    assert "non-commercial" in found.licence.limits or "user-threshold" in found.licence.limits


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Please refer to license: https://github.com/facebookresearch/llama/blob/main/LICENSE\n", "llama2"),
        ("Apache-2.0\n", "Apache-2.0"),
        ("Licensed under the Apache License, Version 2.0.", "Apache-2.0"),
    ],
)
def test_a_text_that_only_names_a_licence_is_a_reference(text: str, name: str) -> None:
    found = identify_licence(text)
    assert (found.match, found.licence.id, found.text_present) == (MatchKind.REFERENCE, name, False)


def test_a_file_header_is_a_reference_to_its_own_version() -> None:
    header = (
        "This program is free software: you can redistribute it and/or modify it under the terms of the GNU "
        "General Public License as published by the Free Software Foundation, either version {} of the License, "
        "or (at your option) any later version.\n\nThis program is distributed in the hope that it will be useful, "
        "but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS FOR A "
        "PARTICULAR PURPOSE. See the GNU General Public License for more details.\n\nYou should have received a copy "
        "of the GNU General Public License along with this program. If not, see <https://www.gnu.org/licenses/>."
    )
    third = identify_licence(header.format("3"))
    assert (third.match, third.licence.id) == (MatchKind.REFERENCE, "GPL-3.0-or-later")
    assert identify_licence(header.format("2")).licence.id == "GPL-2.0-or-later"
    assert identify_licence(header.format("7")).match is MatchKind.UNKNOWN
    assert identify_licence(header.format("2 or version 3")).match is MatchKind.UNKNOWN


@pytest.mark.parametrize(
    "hidden", ["nоt", "n\u200bot", "n\u00adot", "\u202enot", "ｎｏｔ", "n\u0301ot", "𝐧𝐨𝐭"]
)
def test_a_disguised_not_is_a_change(hidden: str) -> None:
    found = identify_licence(MIT.replace("Permission is hereby", f"Permission is {hidden} hereby"))
    assert found.match is MatchKind.MODIFIED
    assert "not" in words_of(shown(found)).words


def test_disguised_characters_are_said_to_be() -> None:
    found = identify_licence(MIT.replace("Permission is hereby", "Permission is nоt hereby"))
    assert "disguised characters" in shown(found)


def test_a_disguised_word_of_the_licence_itself_changes_nothing() -> None:
    assert identify_licence(MIT.replace("Software", "Sоftware")).match in CLEAN
    assert identify_licence("\ufeff" + MIT.replace("restriction", "restric\u00adtion")).match in CLEAN


@pytest.mark.parametrize(
    "clause",
    [
        "禁止商业使用",
        "<you must not sell it>",
        "<deepfakes of living people are out>",
        "Copyright (c) 2024 Foo. Commercial use is prohibited.",
        "(c) 2019 Foo, for research only",
        "[name of the only person who may use it]",
        "n. o. t. for sale",
    ],
)
def test_a_clause_does_not_hide_in_what_is_skipped(clause: str) -> None:
    assert (
        identify_licence(MIT.replace("The above copyright", f"{clause}\n\nThe above copyright")).match
        is MatchKind.MODIFIED
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1"]
)
def test_bytes_of_any_encoding(encoding: str) -> None:
    assert identify_licence(MIT.encode(encoding)).licence.id == "MIT"


def test_latin_1_with_accents() -> None:
    assert identify_licence(MIT.replace("<copyright holders>", "Zoë Müller").encode("cp1252")).match in CLEAN


def test_a_pdf_is_refused_with_a_reason() -> None:
    found = identify_licence(b"%PDF-1.7\n...")
    assert (found.match, found.licence.openness) == (MatchKind.UNKNOWN, Openness.UNKNOWN)
    assert "PDF" in found.because
    with pytest.raises(MalformedError):
        decode(b"%PDF-1.7")


def test_html_and_rtf_show_what_a_reader_sees() -> None:
    html = "".join(f"<p>{part}</p>" for part in MIT.replace("<", "&lt;").replace('"', "&quot;").split("\n\n"))
    page = f"<!DOCTYPE html><html><head><title>x</title><style>p{{must:not}}</style></head><body>{html}</body></html>"
    assert identify_licence(page).match in CLEAN
    assert identify_licence(page.replace("hereby", "h&#101;reby n&#111;t")).match is MatchKind.MODIFIED
    rtf = "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 " + MIT.replace("\n", "\\par\n") + "}"
    assert identify_licence(rtf).match in CLEAN
    assert plain_of("<html><!-- not --><b>n</b>ot</html>").text.split() == ["not"]


def test_lines_are_those_of_the_page_not_of_what_it_shows() -> None:
    page = (
        "<html>\n<body>\n"
        + MIT.replace("<", "&lt;").replace("Permission is", "<b>\n</b>Permission is not")
        + "</body></html>"
    )
    found = identify_licence(page)
    line = page.count("\n", 0, page.index(" not ")) + 1
    assert line in {item.line for item in found.differences}


def test_another_language_is_said_to_be() -> None:
    text = (
        "Разрешается использовать эту программу всем желающим при условии сохранения данного уведомления во всех копиях. "
        * 3
    )
    assert "not English" in identify_licence(text).because


def test_work_is_counted_and_ends_in_an_unknown_with_its_reason() -> None:
    steps = Steps(limit=2_000)
    (found,) = identify(MIT.replace("the", "not the"), steps=steps)
    assert found.match is MatchKind.UNKNOWN
    assert "steps" in found.reason
    with pytest.raises(BudgetExceeded):
        blocks(list("ab" * 200), list("ba" * 200), Steps(limit=100))


@pytest.mark.parametrize(
    "text",
    [
        "license " * 200_000,
        "permission notice the of software and shall be " * 20_000,
        " ".join(
            word if number % 2 else f"w{number}"
            for number, word in enumerate(store().text("GPL-3.0-only").split())
        ),
        " ".join(MIT.split()[:60] * 900),
        "<p>" * 50_000 + "1. a) " * 20_000,
        "</html><head " * 20_000,
    ],
    ids=["one word", "eight words", "every second", "repeated head", "markup", "heads"],
)
def test_no_text_takes_more_than_the_steps_there_are(text: str) -> None:
    steps = Steps()
    identify(text, steps=steps)
    assert steps.taken < STEPS_LIMIT


def test_a_text_too_long_to_read_is_not_passed_for_its_beginning() -> None:
    text = f"{MIT}\n\n" + "and further words of a sort\n" * (WORDS_LIMIT // 4)
    assert all(item.match not in CLEAN or item.last_line < 40 for item in identify(text))
    found = identify_licence(text)
    assert found.match in {MatchKind.COMPOSITE, MatchKind.UNKNOWN, MatchKind.MODIFIED}
    assert "were read" in " ".join([found.because, *(part.because for part in found.parts)])


def test_many_threads_get_the_same_answer() -> None:
    wanted = identify_licence(MIT + "\nNot for sale to anyone.\n")
    answers: list[LicenceMatch] = []
    threads = [
        threading.Thread(target=lambda: answers.append(identify_licence(MIT + "\nNot for sale to anyone.\n")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [wanted] * 8


@pytest.fixture
def own_licences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    caches = (data_store.store, data_store.licences, data_store.rows, data_store._added_rows)
    monkeypatch.setenv(data_store.FOLDER_VARIABLE, str(tmp_path))
    for cache in caches:
        cache.cache_clear()
    yield tmp_path
    monkeypatch.delenv(data_store.FOLDER_VARIABLE)
    for cache in caches:
        cache.cache_clear()


OWN = """[[licence]]
id = "examplar-1.0"
name = "Examplar Licence 1.0"
openness = "restricted"
limits = ["non-commercial"]
text = '''
The house of Examplar lets you look at these weights, measure them and write about what you saw, on weekdays,
as long as no coin changes hands and the kettle is filled afterwards by whoever drank last.
'''
"""


def test_a_licence_of_ones_own(own_licences: Path) -> None:
    (own_licences / "mine.toml").write_text(OWN, "utf-8")
    text = OWN.split("'''")[1]
    found = identify_licence(text)
    assert (found.licence.id, found.match) == ("examplar-1.0", MatchKind.EXACT)
    assert identify_licence(text.replace("weekdays", "Sundays only")).match is MatchKind.MODIFIED
    assert identify_licence(MIT).licence.id == "MIT"


def test_a_licence_of_ones_own_that_is_broken(own_licences: Path) -> None:
    (own_licences / "mine.toml").write_text('[[licence]]\nid = "x"\n', "utf-8")
    with pytest.raises(UsageError, match="not a licence file"):
        store()


def test_the_public_name_is_the_function() -> None:
    assert ajar.identify_licence is identify_licence
    assert ajar.LicenceMatch is LicenceMatch


def test_a_notice_may_stand_without_the_appendix_that_explains_it() -> None:
    text = store().text("Apache-2.0")
    before, appendix = text.split("APPENDIX:")
    notice = appendix[appendix.index("Copyright") :].replace(
        "[yyyy] [name of copyright owner]", "2023 Examplar"
    )
    found = identify_licence(before + notice)
    assert (found.match, found.licence.id) == (MatchKind.TEMPLATE, "Apache-2.0")


@pytest.mark.parametrize("owner", ["The Go Authors", "The Vim Contributors", "Set Developers"])
def test_a_name_in_a_line_of_copyright_may_look_like_a_verb(owner: str) -> None:
    found = identify_licence(f"Copyright (c) 2019 {owner}. All rights reserved.\n\n{store().text('MIT')}")
    assert (found.match, found.licence.id) == (MatchKind.EXACT, "MIT")


def test_a_condition_in_a_line_of_copyright_stays() -> None:
    found = identify_licence(f"Copyright (c) 2019 Foo. Go ask the authors first.\n\n{store().text('MIT')}")
    assert found.match is MatchKind.MODIFIED


def test_a_disclaimer_alone_is_no_licence() -> None:
    disclaimer = store().text("BSD-2-Clause").partition("THIS SOFTWARE IS")
    bare = f"{disclaimer[1]}{disclaimer[2]}"
    assert identify_licence(bare).match is MatchKind.UNKNOWN
    found = identify_licence(f"{store().text('Apache-2.0')}\n\n{bare}")
    assert (found.match, found.licence.id) == (MatchKind.MODIFIED, "Apache-2.0")
    assert [item.change for item in found.differences] == ["added"]


def test_old_names_of_the_gpl_name_no_text() -> None:
    assert identify_licence(store().text("GPL-3.0-only")).licence.id == "GPL-3.0-only"
    assert not [name for name in store().ids if name.startswith(("GPL", "LGPL")) and name.endswith("+")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("This package is under https://creativecommons.org/licenses/by/4.0/legalcode.", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/deed.de", "CC-BY-NC-4.0"),
        ("https://creativecommons.org/licenses/by-sa/4.0/legalcode.txt", "CC-BY-SA-4.0"),
        (
            (
                "You can redistribute it and/or modify it under the terms of the Lesser GNU General Public License as "
                "published by the Free Software Foundation, either version 3 of the License, or any later version."
            ),
            "LGPL-3.0-or-later",
        ),
        (
            (
                "This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the "
                "MPL was not distributed with this file, You can obtain one at http://mozilla.org/MPL/2.0/."
            ),
            "MPL-2.0",
        ),
    ],
)
def test_what_only_names_a_licence(text: str, name: str) -> None:
    found = identify_licence(text)
    assert (found.match, found.licence.id) == (MatchKind.REFERENCE, name)
