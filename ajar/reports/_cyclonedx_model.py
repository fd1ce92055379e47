"""The model itself as a CycloneDX component: identity, licences with their evidence, model card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ajar.model.component import ComponentKind, LicenceMatch
from ajar.model.evidence import Basis
from ajar.reports._facts import Facts, Value
from ajar.reports.words import how_known, verdict_words
from ajar.rights.data_store import is_spdx

Json = dict[str, Any]

# On SPDX's list as ajar carries it, and not yet in the copy that CycloneDX 1.7 validates against.
NEWER_THAN_SCHEMA = frozenset(
    {
        "BSD-2-Clause-pos-unchanged",
        "BSD-3-Clause-OpenWebUI",
        "BSD-ask-to-endorse",
        "BSD-Source-alt-GPL",
        "BSD-Source-Code-no-disclaimer",
        "Brian-Gladman-3-Clause-no-conversion",
        "Bugroff",
        "CC-BY-NC-3.0-IGO",
        "FDK-MPEG-H",
        "Hippocratic-3.0-core",
        "Informatica",
        "MVT-1.1",
        "atc-game",
    }
)
_DOCUMENTED = ("limitations", "bias-risks", "out-of-scope", "intended-use")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A component, and for each of its fields how it is known."""

    data: Json
    pointers: Sequence[tuple[str, Basis]]


def licences(names: Iterable[str], acknowledgement: str) -> list[Json]:
    """Licences by id where CycloneDX knows it, by name where not."""
    return [
        {"license": {**_id_or_name(name), "acknowledgement": acknowledgement}}
        for name in dict.fromkeys(names)
    ]


def _id_or_name(name: str) -> Json:
    known = is_spdx(name) and name not in NEWER_THAN_SCHEMA
    return {"id": name} if known else {"name": name}


def model_of(facts: Facts, prefix: str) -> Cited:
    """The component, and its citations."""
    pointers: list[tuple[str, Basis]] = [("/name", Basis.DECLARED), ("/purl", Basis.INFERRED)]
    data: Json = {
        "type": "machine-learning-model",
        "bom-ref": f"{prefix}model",
        "name": facts.name,
        "purl": facts.purl,
    }
    if facts.group:
        data["group"] = facts.group
    if facts.version:
        data["version"] = facts.version
        pointers.append(("/version", Basis.VERIFIED if facts.report.release.revision else Basis.DECLARED))
    if facts.title:
        data["description"] = facts.title.text
    _licensed(facts, data, pointers)
    references = list(_references(facts))
    if references:
        data["externalReferences"] = references
        pointers.append(("/externalReferences", Basis.DECLARED))
    if facts.bases:
        ancestors = [{"type": "machine-learning-model", "name": parent.id} for parent in facts.bases]
        data["pedigree"] = {"ancestors": ancestors}
        pointers.append(("/pedigree/ancestors", facts.bases[0].basis))
    data["modelCard"] = _card(facts, prefix, pointers)
    data["properties"] = _properties(facts)
    return Cited(data=data, pointers=pointers)


def _licensed(facts: Facts, data: Json, pointers: list[tuple[str, Basis]]) -> None:
    """Declared: named by the publisher. Concluded: its text stands in the release. Evidence says where each was found."""
    declared = licences((match.licence.id for match in facts.declared), "declared")
    concluded = licences((match.licence.id for match in facts.concluded), "concluded")
    if not declared and not concluded:
        return
    data["licenses"] = [*concluded, *declared]
    for at in range(len(concluded) + len(declared)):
        pointers.append((f"/licenses/{at}", Basis.VERIFIED if at < len(concluded) else Basis.DECLARED))
    data["evidence"] = {"licenses": [{"license": _evidence(match)} for match in facts.licence_evidence]}


def _evidence(match: LicenceMatch) -> Json:
    properties = [
        {"name": "ajar:match", "value": match.match.value},
        {"name": "ajar:location", "value": str(match.location)},
        {"name": "ajar:known_by", "value": how_known(match)},
    ]
    return {**_id_or_name(match.licence.id), "properties": properties}


def _references(facts: Facts) -> Iterable[Json]:
    locator = facts.report.release.locator
    if locator.scheme == "hf":
        yield {"type": "distribution", "url": f"https://huggingface.co/{locator.name}"}
    for value in facts.code_links:
        if value.text.startswith("https://"):
            yield {"type": "vcs", "url": value.text, "comment": f"named at {value.at}"}
    for value in facts.papers:
        if value.text.startswith("https://"):
            yield {"type": "documentation", "url": value.text, "comment": f"a paper, named at {value.at}"}
    card = next(part for part in facts.report.components if part.kind is ComponentKind.MODEL_CARD)
    for path in card.files[:1]:
        yield {"type": "model-card", "url": f"#{path}", "comment": "in the release"}


def _card(facts: Facts, prefix: str, pointers: list[tuple[str, Basis]]) -> Json:
    parameters: Json = {}
    for field, value in (
        ("task", facts.task),
        ("architectureFamily", facts.family),
        ("modelArchitecture", facts.architectures[0] if facts.architectures else None),
    ):
        if value is not None:
            parameters[field] = value.text
            pointers.append((f"/modelCard/modelParameters/{field}", value.basis))
    if facts.datasets:
        parameters["datasets"] = [{"ref": f"{prefix}dataset-{at}"} for at in range(len(facts.datasets))]
        pointers.append(("/modelCard/modelParameters/datasets", facts.datasets[0].basis))
    card: Json = {}
    if parameters:
        card["modelParameters"] = parameters
    considerations = _considerations(facts)
    if considerations:
        card["considerations"] = considerations
        pointers.append(("/modelCard/considerations", Basis.DECLARED))
    found = {
        "parameters": facts.parameters,
        "dtype": facts.dtype,
        "quantisation": facts.quantisation,
        "compute": facts.compute,
        "evaluation-results": facts.metrics,
    }
    card["properties"] = [
        {"name": f"ajar:{name}", "value": _said(value)} for name, value in found.items() if value is not None
    ] + [{"name": "ajar:language", "value": value.text} for value in facts.languages]
    return card


def _said(value: Value) -> str:
    return f"{value.text} ({value.basis.value}, {value.at})"


def _considerations(facts: Facts) -> Json:
    """Where the card speaks of each; its words stay in the card."""
    places = {value.text: value.at for value in facts.sections if value.text in _DOCUMENTED}
    found: Json = {}
    if "intended-use" in places:
        found["useCases"] = [f"described at {places['intended-use']}"]
    limits = [f"described at {places[name]}" for name in ("limitations", "out-of-scope") if name in places]
    if limits:
        found["technicalLimitations"] = limits
    if "bias-risks" in places:
        found["ethicalConsiderations"] = [
            {"name": "bias and risks", "mitigationStrategy": f"described at {places['bias-risks']}"}
        ]
    return found


def _properties(facts: Facts) -> list[Json]:
    report = facts.report
    rows = [
        ("ajar:signature", report.control.signature),
        ("ajar:safety", report.safety.level),
        ("ajar:datasets_named", str(facts.datasets_total)),
        ("ajar:files", str(len(report.release.files))),
        ("ajar:size_bytes", str(report.release.size_bytes)),
    ]
    for name, value in (("created", facts.created), ("last_modified", facts.changed)):
        if value is not None:
            rows.append((f"ajar:{name}", value.text))
    for verdict in report.verdicts:
        rows.append((f"ajar:verdict:{verdict.instrument}", verdict_words(verdict)))
    return [{"name": name, "value": value} for name, value in rows]
