"""What a base model's licence lays on a release: each rule when it holds, when not, and when nobody can tell."""

from __future__ import annotations

import pytest

from ajar.model.component import LicenceMatch, MatchKind, Scope
from ajar.model.evidence import Basis, Evidence, Location
from ajar.model.judgement import Confidence, Finding, Outcome, Severity
from ajar.model.lineage import Parent, Relation
from ajar.model.terms import Clause, Facet, Terms
from ajar.rights import burdens
from ajar.rights.assign import matches
from ajar.rights.bases import named_licences
from ajar.rights.data_store import store
from ajar.rights.lineage import judge
from ajar.rights.lineage_rules import RULES
from tests.build.dossiers import dossier, fact, gap

WEIGHTS = {"model.safetensors": ("safetensors", "weights")}


def child(
    licence: str = "",
    readme: str = "# Tiny\n",
    title: str = "Tiny",
    texts: dict | None = None,
    gaps: list = (),
):
    """A release with weights, a tag, a card and licence texts."""
    texts = texts or {}
    files = (
        WEIGHTS
        | dict.fromkeys(texts, ("licence-text", "licence"))
        | {"README.md": ("model-card", "document")}
    )
    facts = [fact("card.words", 10, "README.md"), fact("card.title", title, "README.md", line=1)]
    facts += [fact("licence.document", "licence", path) for path in texts]
    if licence:
        facts.append(fact("card.license", licence, "README.md", line=2))
    return dossier(files, facts, {"README.md": readme, **texts}, list(gaps))


def parent(licence: str, relation: Relation = Relation.FINETUNE, name: str = "org/base", **more) -> Parent:
    found, choice = named_licences(licence)
    assert found or not licence
    return Parent(
        id=name,
        relation=relation,
        location=Location(path="README.md", line=3),
        quote=f"base_model: {name}",
        licences=found,
        choice=choice,
        licence_source="https://example.org",
        licence_date="2026-11-24",
        **more,
    )


def told(made, *parents: Parent, title: str = "Tiny", terms_of=None) -> dict[str, Finding]:
    options = {"terms_of": terms_of} if terms_of else {}
    found = judge(made, matches(made), parents, title=title, **options)
    assert all(item.because for item in found)
    return {item.rule: item for item in found}


def test_a_restriction_that_is_dropped() -> None:
    finding = told(child("apache-2.0"), parent("gemma"))["base-model-limits-are-passed-on"]
    assert (finding.outcome, finding.severity) == (Outcome.UNMET, Severity.HIGH)
    assert "org/base" in finding.message
    assert "README.md:3" in finding.message
    assert "this model is under Apache-2.0" in finding.message
    keys = {item.key for item in finding.because if isinstance(item, Evidence)}
    assert {"lineage.finetune", "licence.tag", "lineage.parent-terms"} <= keys
    quote = next(
        item for item in finding.because if isinstance(item, Evidence) and item.key == "lineage.parent-terms"
    )
    assert quote.quote in " ".join(store().text("gemma").split())


@pytest.mark.parametrize("licence", ["gemma", "creativeml-openrail-m"])
def test_a_restriction_that_is_kept(licence: str) -> None:
    assert "base-model-limits-are-passed-on" not in told(child(licence), parent(licence))


def test_the_parents_text_in_the_release_keeps_its_limits() -> None:
    made = child("apache-2.0", texts={"LICENSE": store().text("gemma")})
    assert "base-model-limits-are-passed-on" not in told(made, parent("gemma"))


def test_a_restriction_under_terms_that_nobody_knows() -> None:
    made = child("other")
    made = dossier(
        {item.path: (item.format, item.family) for item in made.files},
        [*made.evidence, fact("card.license-name", "widget-1.0", "README.md", line=3)],
        {text.path: text.text for text in made.texts},
    )
    finding = told(made, parent("gemma"))["base-model-limits-are-passed-on"]
    assert (finding.outcome, finding.severity) == (Outcome.UNKNOWN, Severity.LOW)


def test_without_any_licence_nothing_is_passed_on() -> None:
    finding = told(child(), parent("llama3.1"))["base-model-limits-are-passed-on"]
    assert finding.outcome is Outcome.UNKNOWN
    assert "no licence here says so" in finding.message


@pytest.mark.parametrize("relation", [item for item in Relation if item is not Relation.UNKNOWN])
def test_non_commercial_stays_so(relation: Relation) -> None:
    rule = "non-commercial-base-stays-non-commercial"
    finding = told(child("apache-2.0"), parent("qwen-research", relation))[rule]
    assert (finding.outcome, finding.severity) == (Outcome.UNMET, Severity.HIGH)
    assert rule not in told(child("cc-by-nc-4.0"), parent("qwen-research", relation))
    assert rule not in told(child("apache-2.0"), parent("Apache-2.0", relation))


def test_outputs_that_may_not_train() -> None:
    rule = "outputs-may-train-this-model"
    finding = told(child("apache-2.0"), parent("llama2", Relation.TRAINED_ON_OUTPUTS))[rule]
    assert (finding.outcome, finding.severity) == (Outcome.UNMET, Severity.HIGH)
    assert rule not in told(child("apache-2.0"), parent("llama3.1", Relation.TRAINED_ON_OUTPUTS))
    assert rule not in told(child("llama2"), parent("llama2", Relation.FINETUNE))
    family = told(
        child("llama2"), parent("llama2", name="a/7b"), parent("llama2", Relation.DISTILLED, "a/70b")
    )
    assert rule not in family


def test_the_terms_of_a_service_bind_its_customer() -> None:
    finding = told(child("apache-2.0"), parent("openai-services", Relation.TRAINED_ON_OUTPUTS))
    assert finding["outputs-may-train-this-model"].severity is Severity.MEDIUM


def test_outputs_with_terms_that_follow() -> None:
    rule = "base-model-limits-are-passed-on"
    assert told(child("apache-2.0"), parent("gemma", Relation.DISTILLED))[rule].severity is Severity.HIGH
    assert rule not in told(child("gemma"), parent("gemma", Relation.DISTILLED))


@pytest.mark.parametrize(
    ("licence", "good", "bad"),
    [
        ("llama3.1", "Llama-3.1-Tiny", "Tiny-Llama"),
        ("llama3", "Llama-3-Tiny", "Llama-Tiny"),
        ("exaone-1.1-nc", "EXAONE-Tiny", "Tiny"),
        ("hyperclovax-seed", "HyperCLOVA-X-Tiny", "Tiny"),
    ],
)
def test_the_name_that_is_asked_for(licence: str, good: str, bad: str) -> None:
    rule = "model-name-begins-as-the-base-asks"
    assert rule not in told(child(licence, title=good), parent(licence), title=f"me/{good}")
    finding = told(child(licence, title=bad), parent(licence), title=f"me/{bad}")[rule]
    assert finding.outcome is Outcome.UNMET
    assert bad in finding.message
    assert rule not in told(child(licence, title=good), parent(licence), title="some-folder")


def test_the_name_when_the_card_cannot_be_read() -> None:
    made = dossier(WEIGHTS, [], {}, [gap("README.md")])
    finding = told(made, parent("llama3.1"), title="folder")["model-name-begins-as-the-base-asks"]
    assert finding.outcome is Outcome.UNKNOWN


def test_the_credit_that_is_asked_for() -> None:
    rule = "base-model-credit-is-displayed"
    assert told(child("llama3.1"), parent("llama3.1"))[rule].outcome is Outcome.UNMET
    assert rule not in told(child("llama3.1", "# Tiny\n\n**Built with Llama**\n"), parent("llama3.1"))
    assert rule in told(
        child("llama3", "Built with Llama"), parent("llama3")
    )  # Llama 3 asks for “Meta Llama 3”
    unread = dossier(WEIGHTS, [fact("card.license", "llama3.1", "x.md")], {}, [gap("README.md")])
    assert told(unread, parent("llama3.1"))[rule].outcome is Outcome.UNKNOWN
    assert (
        told(child("mit"), parent("kimi-modified-mit"))[rule].outcome is Outcome.UNKNOWN
    )  # only above a threshold


def test_share_alike() -> None:
    rule = "share-alike-base-keeps-its-licence"
    assert told(child("mit"), parent("CC-BY-SA-4.0"))[rule].severity is Severity.HIGH
    assert rule not in told(child("cc-by-sa-4.0"), parent("CC-BY-SA-4.0"))
    assert rule not in told(child("gpl-3.0"), parent("GPL-3.0-or-later"))
    assert (
        told(child("mit"), parent("CC-BY-SA-4.0", Relation.TRAINED_ON_OUTPUTS))[rule].severity is Severity.LOW
    )
    assert told(child(), parent("CC-BY-SA-4.0"))[rule].outcome is Outcome.UNKNOWN


def test_only_under_its_own_licence() -> None:
    rule = "base-model-licence-is-kept"
    base = parent("flux-1-dev-non-commercial-license")
    assert told(child("cc-by-nc-4.0"), base)[rule].outcome is Outcome.UNMET
    assert rule not in told(child("flux-1-dev-non-commercial-license"), base)
    assert told(child(), base)[rule].outcome is Outcome.UNKNOWN


def test_no_derivatives_and_no_redistribution() -> None:
    rule = "base-model-allows-derivatives"
    assert told(child("cc-by-nc-nd-4.0"), parent("CC-BY-NC-ND-4.0"))[rule].outcome is Outcome.UNMET
    assert told(child("llama1"), parent("llama1"))[rule].outcome is Outcome.UNMET
    assert rule not in told(child("llama1"), parent("llama1", Relation.ADAPTER))
    assert rule not in told(child("cc-by-nc-4.0"), parent("CC-BY-NC-4.0"))


def test_thresholds_and_territories_are_told_as_inherited() -> None:
    finding = told(child("llama3.2"), parent("llama3.2"))["base-model-limits-reach-here"]
    assert finding.severity is Severity.INFO
    assert "territories" in finding.message
    assert "number of users" in finding.message
    dropped = told(child("apache-2.0"), parent("llama3.2"))
    assert "base-model-limits-reach-here" not in dropped  # told as dropped already
    assert "territories" in dropped["base-model-limits-are-passed-on"].message


def test_notices() -> None:
    rule = "base-model-notices-are-kept"
    assert told(child("apache-2.0"), parent("MIT"))[rule].severity is Severity.LOW
    assert rule not in told(child("apache-2.0", texts={"LICENSE-MIT": store().text("MIT")}), parent("MIT"))
    assert rule not in told(child("mit"), parent("MIT"))  # its own missing text is told by another rule
    assert rule not in told(child("apache-2.0"), parent("CC0-1.0"))
    assert (
        told(child("apache-2.0", gaps=[gap("LICENSE-MIT")]), parent("MIT"))[rule].outcome is Outcome.UNKNOWN
    )


def test_permissive_parents_ask_for_nothing_else() -> None:
    for licence in ("MIT", "Apache-2.0", "BSD-3-Clause", "OpenMDW-1.0", "CC-BY-4.0"):
        assert set(told(child("apache-2.0"), parent(licence))) <= {"base-model-notices-are-kept"}, licence


def test_merged_share_alike_licences() -> None:
    rule = "merged-licences-can-stand-together"
    pair = parent("CC-BY-SA-4.0", Relation.MERGE, "a/one"), parent("GPL-3.0-only", Relation.MERGE, "a/two")
    assert told(child("gpl-3.0"), *pair)[rule].outcome is Outcome.UNMET
    limited = parent("CC-BY-SA-4.0", Relation.MERGE, "a/one"), parent("CC-BY-NC-4.0", Relation.MERGE, "a/two")
    assert told(child("cc-by-nc-4.0"), *limited)[rule].outcome is Outcome.UNMET
    fine = parent("CC-BY-SA-4.0", Relation.MERGE, "a/one"), parent("MIT", Relation.MERGE, "a/two")
    assert rule not in told(child("cc-by-sa-4.0"), *fine)
    unknown = parent("CC-BY-SA-4.0", Relation.MERGE, "a/one"), parent("", Relation.MERGE, "a/two")
    assert told(child("cc-by-sa-4.0"), *unknown)[rule].outcome is Outcome.UNKNOWN


def test_a_base_whose_licence_nobody_knows_is_not_silent() -> None:
    finding = told(child("mit"), parent(""))["base-model-licence-is-known"]
    assert finding.outcome is Outcome.UNKNOWN
    assert any(not isinstance(item, Evidence) for item in finding.because)


def test_a_choice_among_the_parents_licences() -> None:
    assert set(told(child("apache-2.0"), parent("GPL-3.0-only OR MIT"))) <= {"base-model-notices-are-kept"}


def test_a_derived_model_that_names_no_base() -> None:
    rule = "base-model-is-named"
    assert rule not in told(child("mit"))
    said = told(child("mit", "# Tiny\n\nThis model is a fine-tuned version of our internal model.\n"))[rule]
    assert said.outcome is Outcome.UNMET
    assert "README.md:3" in said.message
    adapter = dossier(WEIGHTS, [fact("config.kind", "adapter", "adapter_config.json")], {})
    assert "adapter_config.json" in told(adapter)[rule].message
    hint = told(child("mit"), parent("llama2", Relation.UNKNOWN, is_hint=True))[rule]
    assert (hint.severity, hint.confidence) == (Severity.LOW, Confidence.MEDIUM)
    named = child("mit", "# Tiny\n\nThis model is a fine-tuned version of it.\n")
    assert rule not in told(named, parent("MIT"))


@pytest.mark.parametrize(
    "path", ["README.md", "adapter_config.json", "LICENSE", "m.gguf", "mergekit_config.yml"]
)
def test_what_could_not_be_read_is_told(path: str) -> None:
    finding = told(child("mit", gaps=[gap(path)]))["base-model-is-named"]
    assert finding.outcome is Outcome.UNKNOWN
    assert path in finding.message


def test_an_architecture_may_be_taken_without_the_weights() -> None:
    found = told(child("apache-2.0"), parent("llama3.2", Relation.UNKNOWN))
    assert found
    assert {item.outcome for item in found.values()} == {Outcome.UNKNOWN}


def test_confidence_follows_the_ground() -> None:
    rule = "non-commercial-base-stays-non-commercial"
    sure = parent("qwen-research")
    assert told(child("mit"), sure)[rule].confidence is Confidence.HIGH
    inferred = parent("qwen-research", basis=Basis.INFERRED)
    assert told(child("mit"), inferred)[rule].confidence is Confidence.LOW


def test_each_model_of_a_repository_by_its_own_licence() -> None:
    match = LicenceMatch(
        licence=named_licences("gemma")[0][0],
        match=MatchKind.REFERENCE,
        location=Location(path="README.md", line=9),
        applies_to=(Scope.WEIGHTS,),
        because="",
        subject="v/a",
    )
    made = child()
    found = judge(made, [match], [parent("gemma", subject="v/a")], title="v")
    assert not [item for item in found if item.rule == "base-model-limits-are-passed-on"]
    found = judge(made, [match], [parent("qwen-research", subject="v/a")], title="v")
    assert any("v/a is under gemma" in item.message for item in found)


def test_facets_go_before_limits() -> None:
    clauses = (
        Clause(facet=Facet.COMMERCIAL_USE, value="no", quote="You shall not sell it.", line=4),
        Clause(facet=Facet.NAMING, value="yes", items=("Widget",), quote="Name it Widget.", line=5),
        Clause(facet=Facet.OUTPUTS, value="free"),
        Clause(facet=Facet.COPYLEFT, value="same-terms"),
        Clause(facet=Facet.TERRITORY, value="limited", items=("EU",)),
    )
    terms = Terms(licence="MIT", clauses=clauses, is_reviewed=True)
    (licence,), _ = named_licences("MIT")
    assert burdens.kinds_of(licence, lambda _: terms) == {
        "non-commercial",
        "naming",
        "same-licence",
        "territory",
        "notice",
    }
    found = told(child("mit", title="Other"), parent("MIT", terms=terms), title="Other")
    assert "“Widget”" in found["model-name-begins-as-the-base-asks"].message
    quotes = {
        item.quote
        for item in found["model-name-begins-as-the-base-asks"].because
        if isinstance(item, Evidence)
    }
    assert "Name it Widget." in quotes


def test_every_rule_of_the_table_is_told_and_has_a_source() -> None:
    names = {row[0] for row in RULES}
    table = burdens.rules()
    assert {row["id"] for row in table["rule"]} <= names
    relations = {item.value for item in Relation}
    for row in (*table["rule"], *table["asks"], *table["same_licence"]):
        assert row["source"].startswith("https://")
        assert row["date"] == "2026-11-24"
    for row in table["rule"]:
        assert set(row["relations"]) <= relations
        assert Severity(row["severity"])
        assert row["holds"] in {
            "carried",
            "same-licence",
            "name-begins",
            "credit-shown",
            "text-here",
            "never",
            "inherited",
        }


PASSED_ON = "base-model-limits-are-passed-on"


def with_facts(made, *facts):
    from dataclasses import replace

    return replace(made, evidence=(*made.evidence, *facts))


@pytest.mark.parametrize(
    ("title", "key", "value"),
    [
        ("org/Tiny", "", ""),
        ("Tiny", "release.origin", "github.com/Org/Tiny"),
        ("Tiny", "config.name-or-path", "org/tiny"),
        ("Tiny", "card.code-link", "https://github.com/org/tiny.git"),
        ("Tiny", "card.weights-link", "https://huggingface.co/org/Tiny"),
    ],
)
def test_whoever_made_the_base_may_license_anew(title, key, value) -> None:
    made = child("apache-2.0")
    made = with_facts(made, fact(key, value, "README.md")) if key else made
    assert PASSED_ON not in told(made, parent("gemma", maker="org"), title=title)


@pytest.mark.parametrize(
    ("facts", "texts"),
    [
        ([fact("card.link", "https://huggingface.co/org", "README.md")], {}),
        ([fact("card.code-link", "https://github.com/org/tools", "README.md")], {}),
        ([], {"LICENSE": "Copyright (c) 2026 Sesame Labs\nAll rights reserved."}),
    ],
    ids=["page", "code", "notice"],
)
def test_a_maker_that_may_be_the_same_leaves_it_open(facts, texts) -> None:
    made = with_facts(child("apache-2.0", texts=texts), *facts)
    maker = "sesame-ai" if texts else "org"
    finding = told(made, parent("gemma", maker=maker))[PASSED_ON]
    assert (finding.outcome, finding.severity) == (Outcome.UNKNOWN, Severity.LOW)
    assert "not stated here" in finding.message


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [fact("release.origin", "github.com/other/tiny", "README.md")],
        [
            fact("release.origin", "github.com/other/tiny", "README.md"),
            fact("card.link", "https://huggingface.co/org", "README.md"),
        ],
        [fact("config.name-or-path", "org/base", "config.json")],
    ],
)
def test_without_a_sign_of_the_same_maker_it_is_another(facts) -> None:
    finding = told(with_facts(child("apache-2.0"), *facts), parent("gemma", maker="org"))[PASSED_ON]
    assert (finding.outcome, finding.severity) == (Outcome.UNMET, Severity.HIGH)


@pytest.mark.parametrize(
    ("names", "outcome"),
    [(("one-7b", "two-7b"), Outcome.UNKNOWN), (("one-7b", "one-7b-wdiff"), Outcome.UNMET)],
)
def test_a_page_on_many_models_of_an_owner_that_may_be_its_own(names, outcome) -> None:
    links = [fact("card.weights-link", f"https://huggingface.co/org/{name}", "README.md") for name in names]
    made = dossier(
        {"README.md": ("model-card", "document")}, [fact("card.words", 9, "README.md"), *links], {}
    )
    (finding,) = [
        item
        for item in told(made, parent("openai-services", Relation.TRAINED_ON_OUTPUTS, "gpt")).values()
        if item.rule == "outputs-may-train-this-model"
    ]
    assert finding.outcome is outcome
