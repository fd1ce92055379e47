"""Which licence covers what: the package's is not the weights', a text beside the weights is."""

from __future__ import annotations

from ajar.model.component import MatchKind, Scope
from ajar.rights.assign import matches
from ajar.rights.data_store import store
from ajar.rights.findings import judge
from ajar.rights.terms import QUESTIONS, obligations_of, rights_of
from tests.build.dossiers import dossier, fact

LICENCE = ("licence-text", "licence")
WEIGHTS = ("safetensors", "weights")


def release(texts: dict[str, str], facts: list, *weights: str):
    files = {path: LICENCE for path in texts if "LICENSE" in path} | dict.fromkeys(weights, WEIGHTS)
    facts = [
        *facts,
        *(fact("licence.document", "licence", path, line=1) for path in texts if "LICENSE" in path),
    ]
    return dossier(files, facts, texts)


def covering(found, scope: Scope) -> list[tuple[str, MatchKind, bool]]:
    return [(item.licence.id, item.match, item.text_present) for item in found if scope in item.applies_to]


def test_a_text_beside_the_weights_covers_all() -> None:
    found = matches(release({"LICENSE": store().text("MIT")}, [], "model.safetensors"))
    assert all(covering(found, scope) == [("MIT", MatchKind.EXACT, True)] for scope in Scope)


def test_a_wrappers_licence_is_not_the_weights() -> None:
    card, metadata = "pkg/model/README.md", "pkg.dist-info/METADATA"
    texts = {
        "pkg.dist-info/licenses/LICENSE": store().text("MIT"),
        metadata: "Name: pkg\nLicense: MIT\n\nThe model weights are distributed under the Apache 2.0 license.\n",
    }
    facts = [
        fact("card.license", "apache-2.0", card, line=3),
        fact("package.name", "pkg", metadata),
        fact("package.licence", "MIT", metadata, line=2),
    ]
    made = release(texts, facts, "pkg/model/model.safetensors")
    found = matches(made)
    assert {item[0] for item in covering(found, Scope.WEIGHTS)} == {"Apache-2.0"}
    assert not any(present for _, _, present in covering(found, Scope.WEIGHTS))
    assert {item[0] for item in covering(found, Scope.CODE)} == {"MIT"}
    (finding,) = judge(made, found, weights_here=True)
    assert finding.rule == "weights-licence-text-is-present"
    assert (
        "the MIT text at pkg.dist-info/licenses/LICENSE:1 covers the code, not the weights" in finding.message
    )


def test_a_repository_of_code_says_nothing_of_linked_weights() -> None:
    made = release({"LICENSE": store().text("Apache-2.0")}, [])
    found = matches(made)
    assert covering(found, Scope.WEIGHTS) == []
    assert [item.rule for item in judge(made, found, weights_here=False)] == ["weights-have-a-licence"]


def test_a_statement_carries_the_text_to_the_weights() -> None:
    readme = "The code and associated weights in this release are licensed under the Apache 2.0 license."
    made = release(
        {"LICENSE": store().text("Apache-2.0"), "README.md": readme}, [fact("card.words", 20, "README.md")]
    )
    assert ("Apache-2.0", MatchKind.EXACT, True) in covering(matches(made), Scope.WEIGHTS)


def test_following_licence_applies_to_models() -> None:
    readme = (
        "## License\nThe following license applies to all code, as well as the Examplar models.\n\n"
        '```\n   Licensed under the Apache License, Version 2.0 (the "License");\n```\n'
    )
    made = release(
        {"LICENSE": store().text("Apache-2.0"), "README.md": readme}, [fact("card.words", 20, "README.md")]
    )
    assert ("Apache-2.0", MatchKind.EXACT, True) in covering(matches(made), Scope.WEIGHTS)


def test_names_of_files_say_what_they_cover() -> None:
    texts = {"LICENSE-MODEL": store().text("llama2"), "LICENSE-CODE": store().text("MIT")}
    found = matches(release(texts, [], "model.safetensors"))
    assert [item[0] for item in covering(found, Scope.WEIGHTS)] == ["llama2"]
    assert [item[0] for item in covering(found, Scope.CODE)] == ["MIT"]


def test_a_tag_against_the_text_is_a_finding() -> None:
    made = release(
        {"LICENSE": store().text("llama2")},
        [fact("card.license", "apache-2.0", "README.md", line=2)],
        "m.safetensors",
    )
    rules = {item.rule: item for item in judge(made, matches(made), weights_here=True)}
    assert "llama2" in rules["licence-statements-agree"].message
    assert "Apache-2.0" in rules["licence-statements-agree"].message


def test_no_licence_at_all() -> None:
    made = release({}, [], "m.safetensors")
    assert [item.rule for item in judge(made, matches(made), weights_here=True)] == ["weights-have-a-licence"]


def answers(name: str) -> dict[str, str]:
    made = release({"LICENSE": store().text(name)}, [], "m.safetensors")
    found = [item for item in matches(made) if Scope.WEIGHTS in item.applies_to]
    return {right.id: right.answer for right in rights_of(found, {"LICENSE": store().text(name)})}


def test_rights_from_limits() -> None:
    assert set(answers("MIT")) == set(QUESTIONS)
    assert answers("MIT")["commercial-use"] == "yes"
    assert answers("MIT")["revocable"] == "no"
    assert answers("llama2")["at-scale"] == "conditional"
    assert answers("llama2")["train-other-models"] == "no"
    assert answers("llama1")["commercial-use"] == "no"
    assert answers("llama1")["revocable"] == "yes"
    assert answers("llama4")["territory"] == "conditional"


def test_rights_quote_the_clause() -> None:
    text = store().text("llama2")
    made = release({"LICENSE": text}, [], "m.safetensors")
    rights = {right.id: right for right in rights_of(matches(made), {"LICENSE": text})}
    assert "monthly active users" in rights["at-scale"].quote
    assert rights["at-scale"].location.line > 1


def test_no_licence_answers_nothing() -> None:
    assert {right.answer for right in rights_of((), {})} == {"unknown"}
    assert obligations_of(()) == ()


def test_a_changed_text_leaves_every_answer_open() -> None:
    text = store().text("MIT").replace("Permission is hereby", "Only on Sundays, permission is hereby")
    made = release({"LICENSE": text}, [], "m.safetensors")
    assert {right.answer for right in rights_of(matches(made), {"LICENSE": text})} == {"unknown"}
