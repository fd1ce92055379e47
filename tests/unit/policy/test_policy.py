"""How a policy is read: strictly, with lines, and never one that asks for nothing."""

from __future__ import annotations

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import UsageError
from ajar.formats.registry import formats
from ajar.frameworks import INSTRUMENTS
from ajar.gating import load_policy, read_policy
from ajar.model.component import ComponentKind
from ajar.policy import PRESETS, RULES, preset_text, schema, try_examples
from ajar.policy.judge import RULES as CHECKS
from ajar.policy.policy import SCOPES, SECTIONS
from ajar.rights.data_store import licences
from ajar.schema_check import faults
from tests.build.policies import TODAY, policy

VALIDATOR = jsonschema_rs.validator_for(schema())


@pytest.mark.parametrize("name", PRESETS)
def test_presets_end_as_their_examples_say(name: str) -> None:
    found = load_policy(name)
    tried = list(try_examples(found, TODAY, {}))
    assert {item.expected for item in tried} == {"pass", "fail"}
    assert [(item.name, item.fails, item.why) for item in tried if not item.holds] == []
    assert VALIDATOR.is_valid(yaml.safe_load(preset_text(name)))


def test_every_rule_of_the_schema_has_a_check_and_every_check_a_rule() -> None:
    assert set(CHECKS) | {"lock"} == set(RULES)
    properties = schema()["properties"]
    assert set(SECTIONS) <= set(properties)
    assert tuple(properties["openness"]["properties"]) == tuple(item.id for item in INSTRUMENTS)
    assert tuple(properties["licences"]["properties"]) == SCOPES


def test_words_of_the_schema_are_those_of_code_and_data() -> None:
    properties, defs = schema()["properties"], schema()["$defs"]
    for instrument in INSTRUMENTS:
        least = properties["openness"]["properties"][instrument.id]["properties"]["min"]
        assert not instrument.levels or least["enum"] == list(instrument.levels)
    weights = [form.id for form in formats() if form.family == "weights"]
    assert properties["formats"]["properties"]["allow"]["items"]["enum"] == weights, (
        "add the format to the schema"
    )
    kinds = [kind.value for kind in ComponentKind]
    assert list(properties["evidence"]["properties"]["components"]["properties"]) == kinds
    limits = {limit for licence in licences().values() for limit in licence.limits}
    assert set(defs["licence"]["properties"]["deny-limits"]["items"]["enum"]) == limits
    assert tuple(properties["extends"]["enum"]) == PRESETS


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("saftey: {max: clean}", ["policy.yaml:2", "unknown key 'saftey'", "did you mean 'safety'"]),
        ("safety: {max: claen}", ["policy.yaml:2", "'claen'", "did you mean 'clean'"]),
        ("licences:\n  wieghts: {kind: open}", ["policy.yaml:3", "did you mean 'weights'"]),
        ("licences:\n  weights:\n    allow: [MIT, Apache2.0-only]", ["policy.yaml:4", "no licence is known"]),
        ("openness: {g7: {min: 3}}", ["not one of its words"]),
        ("openness: {osai: {min: 13}}", ["from 0 to 12"]),
        ("safety: true", ["must be a mapping, not True"]),
        ("remote-code: {allow: 1}", ["must be true or false"]),
        ("age: {min-days: '3'}", ["must be a whole integer"]),
        ("findings: {deny: [weights-have-a-licenze]}", ["did you mean 'weights-have-a-licence'"]),
        ("rights: [{use: frobnicate it}]", ["not understood: frobnicate"]),
        ("rights: [{use: for us}]", ["says no use"]),
        ("safety: {}", ["'max' is missing"]),
        ("extends: comercial-product", ["did you mean 'commercial-product'"]),
        ("name: nothing", ["asks for nothing"]),
        ("licences: {weights: {on-unknown: warn}}", ["asks for nothing"]),
        ("formats: {on-unknown: pass}", ["asks for nothing"]),
        ("safety: {max: clean}\nsafety: {max: caution}", ["policy.yaml:3", "a second time"]),
        ("licences: {weights: {allow: []}}", ["empty list"]),
        (
            "licences: {weights: {allow: [GPL-2.0-only WITH Classpath-exception-2.0]}}",
            ["exceptions are not checked"],
        ),
        ("licences: {weights: {deny: [MIT AND Apache-2.0]}}", ["AND in a denial"]),
        ("licences: {weights: {allow: [MIT AND]}}", ["no licence is known as 'MIT AND'"]),
    ],
)
def test_mistakes_are_named_with_line_and_nearest_word(body: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        policy(body)
    assert all(word in raised.value.message for word in words), raised.value.message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("licences: {weights: {allow: [MIT], deny: [mit]}}", "MIT is both allowed and denied"),
        ("licences: {weights: {allow: [MIT OR Apache-2.0], deny: [apache-2.0]}}", "both allowed and denied"),
        ("licences: {weights: {allow: [llama3.1], kind: open}}", "`kind: open` rules it out"),
        ("licences: {weights: {allow: [CC-BY-4.0], kind: open-source}}", "rules it out"),
        (
            "licences: {weights: {allow: [CC-BY-NC-4.0], deny-limits: [non-commercial]}}",
            "limit non-commercial",
        ),
        ("formats: {allow: [gguf], deny: [gguf]}", "gguf is both allowed and denied"),
        ("lineage: {allow: [org/*], deny: [org/*]}", "org/* is both allowed and denied"),
        ("age: {min-days: 9, max-days: 3}", "nothing could pass"),
        ("signature: {required: false, signers: [a]}", "asks for no signature"),
        ("rights: [{use: sell}, {use: sell, accept: conditional}]", "asked twice"),
    ],
)
def test_rules_that_contradict_each_other_are_named(body: str, words: str) -> None:
    with pytest.raises(UsageError, match=r"policy\.yaml") as raised:
        policy(body)
    assert words in raised.value.message


def test_an_expression_of_too_many_readings_is_refused() -> None:
    pair = "(MIT OR Apache-2.0 OR BSD-3-Clause OR ISC)"
    with pytest.raises(UsageError, match="256 readings"):
        policy(f"licences: {{weights: {{allow: ['{' AND '.join([pair] * 4)}']}}}}")


WAIVER = "  - {rule: RULE, target: '*', reason: because of it, owner: me, expires: DAY}"


@pytest.mark.parametrize(
    ("rule", "day", "words"),
    [
        ("licences.wieghts", "2027-01-01", "did you mean 'licences.weights'"),
        ("weights-have-a-license", "2027-01-01", "did you mean 'weights-have-a-licence'"),
        ("safety", "2027-02-30", "no day of the calendar"),
        ("safety", "soon", "not written as it should be"),
    ],
)
def test_a_waiver_names_a_rule_and_a_day_that_exist(rule: str, day: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        policy("safety: {max: clean}\nwaivers:\n" + WAIVER.replace("RULE", rule).replace("DAY", day))
    assert words in raised.value.message
    assert ":4" in raised.value.message


@pytest.mark.parametrize("missing", ["rule", "target", "reason", "owner", "expires"])
def test_a_waiver_lacks_nothing(missing: str) -> None:
    whole = {
        "rule": "safety",
        "target": "*",
        "reason": "because of it",
        "owner": "me",
        "expires": "2027-01-01",
    }
    text = yaml.safe_dump(
        {"safety": {"max": "clean"}, "waivers": [{k: v for k, v in whole.items() if k != missing}]}
    )
    with pytest.raises(UsageError, match=f"'{missing}' is missing"):
        policy(text)


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ("{name: a, expect: pass}", "needs either"),
        ("{name: a, expect: pass, given: {}, target: x}", "needs either"),
        ("{name: a, expect: fail, given: {}, fails: [formats]}", "no rule is called 'formats'"),
        ("{name: a, expect: pass, given: {}, fails: [safety]}", "expects a pass"),
    ],
)
def test_an_example_makes_sense(example: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        policy(f"safety: {{max: clean}}\nexamples:\n  - {example}")
    assert words in raised.value.message


def test_a_policy_builds_on_a_preset_and_replaces_its_rules() -> None:
    found = policy("extends: safe-to-load\nsafety: {max: clean}\non-unknown: warn")
    assert found.rules["safety"] == {"max": "clean"}
    assert found.rules["remote-code"] == {"allow": False}
    assert found.on_unknown == "warn"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "[",
        "a: *b\n",
        "just words",
        "schema: ajar-policy/2\n",
        "schema: 7\n",
        "\tx: 1",
        "? {a: 1}\n: 2\n",
    ],
)
def test_what_is_no_policy_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        read_policy(text, "policy.yaml")


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["schema: ajar-policy/1", "name: &a [x,x,x,x,x,x,x,x,x]"]
    for before, after in zip("abcdefg", "bcdefgh", strict=True):
        lines.append(f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]")
    with pytest.raises(UsageError, match=r"more than 100000 nodes|more than 64 aliases"):
        read_policy("\n".join(lines), "policy.yaml")


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 100)
    | st.sampled_from(["clean", "MIT", "fail", "x", "2027-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["max", "min", "on", "allow", "weights", "g7", "use", "rule", "target", "on-unknown", "zz"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SECTIONS, "schema", "name", "waivers", "zz"]), _VALUES, max_size=4))
def test_the_reader_and_a_validator_of_json_schema_agree(value: dict) -> None:
    value = {"schema": "ajar-policy/1", **value}
    ours = next(faults(value, schema()), None)
    # Only this reader strips blanks before it counts characters.
    assert (ours is None) == VALIDATOR.is_valid(value)


@given(st.text(max_size=200))
def test_any_other_text_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="policy"):
        read_policy(text, "policy.yaml")
