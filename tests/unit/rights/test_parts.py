"""Folders, named files, REUSE, dual licences, links, policies: what covers what, and what is told of it."""

from __future__ import annotations

import pytest

from ajar.model.component import MatchKind, Scope
from ajar.model.judgement import Outcome, Severity
from ajar.rights.assign import chosen, matches
from ajar.rights.data_store import store
from ajar.rights.findings import RULES, judge
from tests.build.dossiers import dossier, fact

LICENCE, WEIGHTS, CODE = ("licence-text", "licence"), ("safetensors", "weights"), ("source-code", "code")
MODIFIED_MIT = (
    "Modified MIT License\n\n"
    + store().text("MIT")
    + "\nOur only modification is that, if the Software is used for any commercial product that has more than "
    "100 million monthly active users, you shall prominently display “Widget” on the user interface.\n"
)


def release(texts: dict[str, str], facts: list = (), files: dict | None = None, kinds: dict | None = None):
    """Texts whose names speak of a licence are licence documents; README is a card."""
    kinds = kinds or {}
    documents = {
        path: kinds.get(path, "licence")
        for path in texts
        if path in kinds or "LICEN" in path.upper() or "COPYING" in path
    }
    held = dict.fromkeys(documents, LICENCE) | (files or {"model.safetensors": WEIGHTS})
    found = [fact("licence.document", kind, path, line=1) for path, kind in documents.items()]
    found += [
        fact("card.words", 50, path) for path in texts if path.endswith(".md") and path not in documents
    ]
    return dossier(
        held | {p: ("model-card", "document") for p in texts if p not in held}, [*facts, *found], texts
    )


def ids(made, scope: Scope) -> list[str]:
    return list(dict.fromkeys(item.licence.id for item in matches(made) if scope in item.applies_to))


def told(made, **options) -> dict[str, list]:
    found: dict[str, list] = {}
    for item in judge(made, matches(made), weights_here=options.get("weights_here", True)):
        found.setdefault(item.rule, []).append(item)
    return found


def test_a_folders_text_covers_the_folder() -> None:
    made = release(
        {"LICENSE": store().text("Apache-2.0"), "weights/LICENSE": store().text("CC-BY-NC-4.0")},
        files={"weights/model.safetensors": WEIGHTS, "run.py": CODE},
    )
    assert ids(made, Scope.WEIGHTS) == ["CC-BY-NC-4.0"]
    assert ids(made, Scope.CODE) == ["Apache-2.0"]
    assert "licence-statements-agree" not in told(made)


def test_a_folders_text_does_not_take_what_stands_outside() -> None:
    made = release(
        {"LICENSE": store().text("MIT"), "extra/LICENSE": store().text("CC-BY-NC-4.0")},
        files={"model.safetensors": WEIGHTS, "extra/b.safetensors": WEIGHTS},
    )
    found = {item.licence.id: item.subject for item in matches(made) if Scope.WEIGHTS in item.applies_to}
    assert found == {"MIT": "", "CC-BY-NC-4.0": "extra/"}


@pytest.mark.parametrize("name", ["LICENSE-MODEL", "MODEL_LICENSE", "LICENSE.weights", "LICENSE-WEIGHTS.txt"])
def test_a_files_name_says_what_it_covers(name: str) -> None:
    made = release({name: store().text("llama2"), "LICENSE-CODE": store().text("MIT")})
    assert ids(made, Scope.WEIGHTS) == ["llama2"]
    assert ids(made, Scope.CODE) == ["MIT"]


def test_texts_on_a_shelf_cover_what_refers_to_them() -> None:
    made = release(
        {"LICENSES/MIT.txt": store().text("MIT"), "LICENSES/CC-BY-4.0.txt": store().text("CC-BY-4.0")},
        [
            fact("reuse.licence", "CC-BY-4.0", "REUSE.toml", pointer="weights/**"),
            fact("reuse.licence", "MIT", "REUSE.toml", pointer="src/**"),
        ],
        files={"weights/a.safetensors": WEIGHTS, "src/a.py": CODE},
    )
    assert ids(made, Scope.WEIGHTS) == ["CC-BY-4.0"]
    assert ids(made, Scope.CODE) == ["MIT"]
    assert all(item.text_present for item in matches(made))


def test_a_text_on_a_shelf_alone_covers_nothing() -> None:
    assert ids(release({"LICENSES/MIT.txt": store().text("MIT")}), Scope.WEIGHTS) == []


def test_a_choice_is_no_contradiction_and_the_lighter_one_binds() -> None:
    made = release({}, [fact("card.license", "CC-BY-NC-4.0 OR MIT", "README.md", line=2)])
    found = matches(made)
    assert {item.choice for item in found} == {"CC-BY-NC-4.0 OR MIT"}
    assert [item.licence.id for item in chosen(found)] == ["MIT"]
    assert "licence-statements-agree" not in told(made)


def test_and_binds_to_both() -> None:
    made = release({}, [fact("card.license", "MIT AND CC-BY-NC-4.0", "README.md", line=2)])
    assert {item.licence.id for item in chosen(matches(made))} == {"MIT", "CC-BY-NC-4.0"}
    assert "licence-statements-agree" not in told(made)


def test_a_plain_name_over_a_changed_text_is_told_with_the_words() -> None:
    made = release({"LICENSE": MODIFIED_MIT}, [fact("card.license", "mit", "README.md", line=2)])
    (finding,) = told(made)["licence-name-matches-its-text"]
    assert finding.severity is Severity.HIGH
    assert "README.md:2 says MIT" in finding.message
    assert "100 million monthly active users" in finding.message
    assert {item.location.path for item in finding.because} == {"README.md", "LICENSE"}


def test_a_known_text_built_on_the_named_one_is_told_with_the_words() -> None:
    made = release(
        {"LICENSE": store().text("kimi-modified-mit")}, [fact("card.license", "mit", "README.md", line=2)]
    )
    (finding,) = told(made)["licence-name-matches-its-text"]
    assert "monthly active users" in finding.message
    assert "licence-statements-agree" not in told(made)


def test_a_lost_line_does_not_hide_that_two_licences_are_named() -> None:
    text = (
        store()
        .text("CC-BY-NC-SA-4.0")
        .replace("non-exclusive", "exclusive and not transferable, if so agreed,", 1)
    )
    readme = "The code and weights are released under the CC-BY-NC 4.0 license.\n"
    made = release(
        {"LICENSE": text, "README.md": readme}, [fact("card.license", "cc-by-nc-sa-4.0", "c.md", line=1)]
    )
    assert "licence-statements-agree" in told(made)


def test_the_plain_text_under_its_plain_name_is_well() -> None:
    made = release({"LICENSE": store().text("MIT")}, [fact("card.license", "mit", "README.md", line=2)])
    assert told(made) == {}


def test_a_permissive_badge_over_restricted_terms_is_severe() -> None:
    badge = "[![l](https://img.shields.io/badge/License-Apache_2.0-blue.svg)](LICENSE)\n"
    made = release(
        {"LICENSE": store().text("tencent-hunyuan-3d-2.0"), "README.md": badge}, files={"a.py": CODE}
    )
    (finding,) = [
        item for item in told(made, weights_here=False)["licence-statements-agree"] if "code" in item.message
    ]
    assert finding.severity is Severity.HIGH
    assert "README.md:1" in finding.message
    assert "LICENSE:" in finding.message


def test_a_model_licence_speaks_of_the_weights_wherever_they_stand() -> None:
    made = release({"LICENSE": store().text("llama3.1")}, files={"a.py": CODE})
    assert ids(made, Scope.WEIGHTS) == ["llama3.1"]
    assert ids(release({"LICENSE": store().text("MIT")}, files={"a.py": CODE}), Scope.WEIGHTS) == []


def test_a_sentence_that_points_to_the_file_extends_it() -> None:
    readme = "## License\n\nBoth the code and the model weights are released under the [License](LICENSE).\n"
    made = release({"LICENSE": store().text("MIT"), "README.md": readme}, files={"a.py": CODE})
    (match,) = [item for item in matches(made) if item.match is MatchKind.EXACT]
    assert Scope.WEIGHTS in match.applies_to
    assert "README.md:3 points to it" in match.because


def test_what_is_said_of_one_model_is_not_held_against_another() -> None:
    readme = "| Model | License |\n|---|---|\n| a/one | Apache 2.0 |\n| a/two | Gemma |\n"
    made = release({"README.md": readme})
    assert ids(made, Scope.WEIGHTS) == ["Apache-2.0", "gemma"]
    assert "licence-statements-agree" not in told(made)


@pytest.mark.parametrize(
    ("tag", "words"), [("unknown", "unknown"), ("other", "neither name nor text"), ("cc", "a family")]
)
def test_a_field_that_names_no_licence(tag: str, words: str) -> None:
    made = release({}, [fact("card.license", tag, "README.md", line=2)])
    (finding,) = told(made)["licence-is-said"]
    assert words in finding.message
    assert finding.outcome is Outcome.UNKNOWN


def test_other_with_a_name_or_a_text_is_said() -> None:
    other = fact("card.license", "other", "README.md", line=2)
    named = release({}, [other, fact("card.license-name", "Widget-1.0", "README.md", line=3)])
    assert "licence-is-said" not in told(named)
    assert ids(named, Scope.WEIGHTS) == ["LicenseRef-widget-1.0"]
    known = release({}, [other, fact("card.license-name", "qwen-research", "README.md", line=3)])
    assert ids(known, Scope.WEIGHTS) == ["qwen-research"]
    text = release({"LICENSE": store().text("llama2")}, [other])
    assert "licence-is-said" not in told(text)
    assert ids(text, Scope.WEIGHTS) == ["llama2"]


def test_a_name_of_ones_own_is_that_of_the_text_beside_it() -> None:
    facts = [
        fact("card.license", "other", "README.md", line=2),
        fact("card.license-name", "widget-community", "README.md", line=3),
    ]
    assert ids(release({"LICENSE": store().text("llama3.1")}, facts), Scope.WEIGHTS) == ["llama3.1"]


def test_a_link_to_a_text_that_is_not_here() -> None:
    facts = [
        fact("card.license", "other", "README.md", line=2),
        fact("card.license-link", "https://example.org/terms.html", "README.md", line=3),
    ]
    (finding,) = told(release({}, facts))["linked-licence-is-in-the-release"]
    assert "https://example.org/terms.html" in finding.message
    assert finding.outcome is Outcome.UNKNOWN
    facts[1] = fact("card.license-link", "LICENSE", "README.md", line=3)
    assert "linked-licence-is-in-the-release" not in told(release({"LICENSE": store().text("llama2")}, facts))


def test_terms_that_stand_elsewhere_are_named_with_their_line() -> None:
    made = release({"LICENSE": store().text("llama3.1")})
    finding = told(made)["terms-elsewhere-are-named"][0]
    assert "use-policy" in finding.message
    assert "LICENSE:" in finding.message
    assert finding.outcome is Outcome.UNKNOWN
    assert "Acceptable Use Policy" in finding.because[0].quote


def test_a_policy_that_is_here_is_a_companion() -> None:
    made = release(
        {
            "LICENSE": store().text("llama3.1"),
            "USE_POLICY.md": "# Llama 3.1 Acceptable Use Policy\n\nDo no harm.",
        },
        kinds={"USE_POLICY.md": "use-policy", "LICENSE": "licence"},
    )
    assert not any("policy" in item.message for item in told(made).get("terms-elsewhere-are-named", []))
    (match,) = [item for item in matches(made) if item.match is MatchKind.EXACT]
    assert [place.path for place in match.companions] == ["USE_POLICY.md"]


def test_each_policy_goes_to_the_licence_it_names() -> None:
    made = release(
        {
            "LICENSE": store().text("llama3.1"),
            "LICENSE-CODE": store().text("MIT"),
            "NOTICE": "Llama 3.1 is licensed under the Llama 3.1 Community License.",
        },
        kinds={"NOTICE": "notice", "LICENSE": "licence", "LICENSE-CODE": "licence"},
    )
    owned = {item.licence.id: len(item.companions) for item in matches(made)}
    assert owned == {"llama3.1": 1, "MIT": 0}


def test_a_policy_beside_an_open_licence_is_told() -> None:
    made = release(
        {"LICENSE": store().text("Apache-2.0"), "USAGE_POLICY": "Obey the law."},
        kinds={"USAGE_POLICY": "use-policy", "LICENSE": "licence"},
    )
    (finding,) = told(made)["use-policy-belongs-to-its-licence"]
    assert finding.outcome is Outcome.UNKNOWN


def test_a_licence_file_that_only_points() -> None:
    text = "Please refer to license: https://github.com/facebookresearch/llama/blob/main/LICENSE\n"
    made = release({"LICENSE": text})
    assert ids(made, Scope.WEIGHTS) == ["llama2"]
    (finding,) = told(made)["terms-elsewhere-are-named"]
    assert "points to a text not in this release" in finding.message
    assert "weights-licence-text-is-present" in told(made)


def test_plain_licences_take_in_nothing() -> None:
    for name in ("MIT", "Apache-2.0", "CC-BY-4.0", "GPL-3.0-only", "BSD-3-Clause"):
        assert "terms-elsewhere-are-named" not in told(release({"LICENSE": store().text(name)})), name


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("codemeta.json", {Scope.CODE}),
        (".zenodo.json", set(Scope)),
        ("config.json", {Scope.WEIGHTS, Scope.DOCUMENTS}),
    ],
)
def test_metadata_speak_of_what_they_describe(path: str, scopes: set) -> None:
    (match,) = matches(release({}, [fact("config.licence", "https://spdx.org/licenses/MIT", path)]))
    assert (match.licence.id, set(match.applies_to)) == ("MIT", scopes)


def test_setup_scripts_and_data_cards() -> None:
    made = release(
        {},
        [
            fact("code.package-licence", "Apache 2.0", "setup.py", line=9),
            fact("data-card.license", "odbl", "data/README.md", line=2),
            fact("card.tag", "license:gemma", "README.md", line=4),
        ],
    )
    assert ids(made, Scope.CODE) == ["Apache-2.0"]
    assert ids(made, Scope.DATA) == ["ODbL-1.0"]
    assert ids(made, Scope.WEIGHTS) == ["gemma"]


def test_the_cards_free_words_on_its_licence() -> None:
    details = fact(
        "card.field", "Weights: CC-BY-NC-4.0, see the paper", "README.md", pointer="/license_details"
    )
    assert ids(release({}, [details]), Scope.WEIGHTS) == ["CC-BY-NC-4.0"]


def test_every_rule_tells_itself() -> None:
    assert len({row[0] for row in RULES}) == len(RULES)
    assert all(len(row) == 4 and all(row) for row in RULES)
