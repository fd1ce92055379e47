"""A policy: read from plain data, held against its schema, and checked for rules that contradict each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from ajar.errors import UsageError
from ajar.model.gate import PolicyWaiver
from ajar.policy import contradictions
from ajar.schema_check import Fault, faults

SCHEMA = "ajar-policy/1"
PRESETS = (
    "safe-to-load",
    "commercial-product",
    "research",
    "open-source-only",
    "eu-open-source-exemption",
    "air-gapped",
)
OPENNESS = ("g7", "mof", "osaid", "eu-ai-act", "osai", "solaiman")
SCOPES = ("weights", "code", "data", "documents")
SECTIONS = (
    "openness",
    "licences",
    "rights",
    "safety",
    "formats",
    "remote-code",
    "signature",
    "gated",
    "evidence",
    "lineage",
    "age",
    "findings",
    "claims",
)
_NESTED = {"openness": OPENNESS, "licences": SCOPES}
RULES = (
    *(f"openness.{name}" for name in OPENNESS),
    *(f"licences.{name}" for name in SCOPES),
    *(name for name in SECTIONS if name not in _NESTED),
    "lock",
)
_SHOWN_FAULTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules by the names that results bear, each as its schema describes it."""

    name: str
    about: str
    on_unknown: str
    rules: Mapping[str, Any]
    path: str = "policy"
    waivers: tuple[PolicyWaiver, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The plain data of a policy file, and where its keys stand."""

    path: str
    value: Any
    lines: Mapping[str, int]
    repeated: Mapping[str, int] = field(default_factory=dict)  # keys that stand a second time

    def line(self, pointer: str) -> int | None:
        """The line of a key, or of the nearest thing around it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer)


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of policies."""
    loaded: Mapping[str, Any] = json.loads(
        (files("ajar.policy") / "schema" / "ajar-policy-1.json").read_text("utf-8")
    )
    return loaded


def preset_text(name: str) -> str:
    """A preset as it is written. Raises `UsageError` for a name that is none."""
    if name not in PRESETS:
        near = get_close_matches(name, PRESETS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(PRESETS)}"
        raise UsageError(f"{name}: no such preset", hint=hint)
    return (files("ajar.policy") / "presets" / f"{name}.yaml").read_text("utf-8")


def read(source: Source, preset: Policy | None = None, *, rule_ids: Iterable[str] = ()) -> Policy:
    """A policy from a file's data; `preset` is the one that it extends, `rule_ids` those of findings.

    Raises `UsageError` that names every fault with its line.
    """
    if not isinstance(source.value, dict):
        raise UsageError(f"{source.path}: not a policy", hint=f"begin it with: schema: {SCHEMA}")
    said = source.value.get("schema")
    if said != SCHEMA and "schema" in source.value:
        hint = f"this ajar reads {SCHEMA}; use the ajar that the policy was written for, or change the policy"
        raise UsageError(f"{_where(source, '/schema')}schema {str(said)[:60]!r} is not known", hint=hint)
    found = [Fault(pointer=place, message="the key stands here a second time") for place in source.repeated]
    source = replace(source, lines={**source.lines, **source.repeated})
    found += faults(source.value, schema())
    if not found:
        policy = _built(source, preset)
        found += contradictions.find(policy.rules, source.value)
        found += _names(source, policy, frozenset(rule_ids))
        if not policy.rules:
            found.append(
                Fault(
                    pointer="",
                    message=f"asks for nothing, so that everything would pass; rules: {', '.join(SECTIONS)}",
                )
            )
    if found:
        raise _error(source, found)
    return policy


def _where(source: Source, pointer: str) -> str:
    line = source.line(pointer)
    return f"{source.path}:{line}: " if line else f"{source.path}: "


def _error(source: Source, found: list[Fault]) -> UsageError:
    lines = [
        f"{_where(source, item.pointer)}{_named(item.pointer)}{item.message}"
        for item in found[:_SHOWN_FAULTS]
    ]
    more = f"; and {len(found) - _SHOWN_FAULTS} more" if len(found) > _SHOWN_FAULTS else ""
    return UsageError("; ".join(lines) + more, hint="`ajar policy schema` prints what a policy may say")


def _named(pointer: str) -> str:
    name = ".".join(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return f"{name}: " if name else ""


def _built(source: Source, preset: Policy | None) -> Policy:
    value = source.value
    rules = dict(preset.rules) if preset else {}
    for name in SECTIONS:
        if name in value and name in _NESTED:
            rules |= {f"{name}.{inner}": rule for inner, rule in value[name].items()}
        elif name in value:
            rules[name] = value[name]
    waivers = tuple(
        PolicyWaiver(**item, line=source.line(f"/waivers/{number}"))
        for number, item in enumerate(value.get("waivers", ()))
    )
    return Policy(
        name=value.get("name", source.path),
        about=value.get("about", ""),
        on_unknown=value.get("on-unknown", preset.on_unknown if preset else "fail"),
        rules={name: rules[name] for name in RULES if name in rules},
        path=source.path,
        waivers=waivers,
        examples=tuple(value.get("examples", ())),
    )


def _names(source: Source, policy: Policy, rule_ids: frozenset[str]) -> Iterator[Fault]:
    """Rules that waivers, examples and the section on findings name, and that do not exist."""
    known = {*RULES, *rule_ids}
    for number, waiver in enumerate(policy.waivers):
        if waiver.rule not in known:
            yield _unknown(f"/waivers/{number}/rule", waiver.rule, known)
    for number, name in enumerate(source.value.get("findings", {}).get("deny", ())):
        if rule_ids and name not in rule_ids:
            yield _unknown(f"/findings/deny/{number}", name, rule_ids)
    for number, example in enumerate(policy.examples):
        at = f"/examples/{number}"
        if ("given" in example) == ("target" in example):
            yield Fault(pointer=at, message="needs either `given` or `target`")
        for name in example.get("fails", ()):
            if name not in policy.rules:
                yield _unknown(f"{at}/fails", name, policy.rules)
        if example["expect"] == "pass" and example.get("fails"):
            yield Fault(pointer=at, message="expects a pass and names rules that fail")


def _unknown(pointer: str, name: str, known: Iterable[str]) -> Fault:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = (
        f"; did you mean {near[0]!r}?"
        if near
        else "; `ajar policy show` lists rules, docs/reference/rules.md those of findings"
    )
    return Fault(pointer=pointer, message=f"no rule is called {name!r}{hint}")


def without_waivers(policy: Policy) -> Policy:
    """The rules alone, as examples are tried against them."""
    return replace(policy, waivers=())
