"""SPDX 3.0.1 with the elements of its AI and Dataset profiles, as JSON-LD.

Spec: https://spdx.github.io/spdx-spec/v3.0.1/. Conformance to a profile is claimed only where every field that the
profile asks for is known: a name in a card has no release date. Annotations say which fields were read in the bytes
and which the publisher declares. `hasDeclaredLicense` is what is named; `hasConcludedLicense` is a text that stands
in the release, and no assertion where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ajar.model.component import LicenceMatch
from ajar.model.evidence import Basis
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._facts import Facts, facts_of, hub_purl, parts_of, pypi_purl
from ajar.reports._json_text import dumps
from ajar.reports._licence_ids import expression
from ajar.reports._moment import now
from ajar.reports.words import verdict_words

Json = dict[str, Any]

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
NO_LICENCE = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
CREATION = "_:creation"
FILES = 2_000  # weight files listed, as in the other bill of materials
_DIGEST = 64  # hexadecimal digits of SHA-256


@dataclass(slots=True)
class _Graph:
    """Elements in order, their ids below one name."""

    base: str
    elements: list[Json] = field(default_factory=list)

    def id(self, ref: str) -> str:
        return f"{self.base}#{ref}"

    def add(self, kind: str, ref: str, /, **fields: Any) -> str:
        known = {key: value for key, value in fields.items() if value not in (None, "", [], ())}
        self.elements.append({"type": kind, "spdxId": self.id(ref), "creationInfo": CREATION, **known})
        return self.id(ref)

    def relate(self, start: str, kind: str, ends: Sequence[str], name: str, **fields: Any) -> None:
        if ends:
            self.add("Relationship", name, **{"from": start}, relationshipType=kind, to=list(ends), **fields)


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:  # noqa: ARG001  findings go to VEX and SARIF
    """One document; every release is a root element of its bill of materials."""
    moment = now()
    parts = [facts_of(report) for report in parts_of(reports)]
    digest = sha256(
        "\0".join(_identity(facts) for facts in parts).encode("utf-8", "backslashreplace")
    ).hexdigest()
    graph = _Graph(f"urn:uuid:{uuid5(NAMESPACE_URL, f'{moment} {digest}')}")
    agent = graph.add("SoftwareAgent", "ajar", name="ajar")
    tool = graph.add("Tool", "tool", name=f"ajar {parts[0].report.tool_version}")
    roots = [_model(graph, facts, f"r{at}-" if len(parts) > 1 else "") for at, facts in enumerate(parts)]
    profiles = ["core", "software", "simpleLicensing"]
    if all(_conforms_ai(facts) for facts in parts):
        profiles.append("ai")
    everything = [element["spdxId"] for element in graph.elements]
    bom = graph.add(
        "software_Sbom",
        "sbom",
        name=f"Bill of materials of {parts[0].report.title}",
        element=everything,
        rootElement=roots,
        profileConformance=profiles,
        software_sbomType=["analyzed"],
    )
    graph.add(
        "SpdxDocument",
        "document",
        name=parts[0].report.title,
        dataLicense=_data_licence(graph),
        element=[element["spdxId"] for element in graph.elements],
        rootElement=[bom],
        profileConformance=profiles,
    )
    creation = {
        "type": "CreationInfo",
        "@id": CREATION,
        "specVersion": "3.0.1",
        "created": moment,
        "createdBy": [agent],
        "createdUsing": [tool],
    }
    return dumps({"@context": CONTEXT, "@graph": [creation, *graph.elements]})


def _identity(facts: Facts) -> str:
    return f"{facts.purl} {facts.report.target} {facts.report.tool_version} {facts.report.release.size_bytes}"


def _data_licence(graph: _Graph) -> str:
    """The document's own: CC0-1.0, as SPDX asks."""
    return graph.add(
        "simplelicensing_LicenseExpression", "data-licence", simplelicensing_licenseExpression="CC0-1.0"
    )


def _model(graph: _Graph, facts: Facts, prefix: str) -> str:
    supplier = graph.add("Organization", f"{prefix}publisher", name=facts.group) if facts.group else None
    model = graph.add(
        "ai_AIPackage",
        f"{prefix}model",
        name=facts.report.title,
        description=facts.title.text if facts.title else "",
        comment="; ".join(f"{item.instrument}: {verdict_words(item)}" for item in facts.report.verdicts),
        software_packageVersion=facts.version,
        software_packageUrl=facts.purl,
        software_downloadLocation=_home(facts),
        software_primaryPurpose="model",
        suppliedBy=supplier,
        releaseTime=_time(facts),
        ai_domain=[facts.task.text] if facts.task else [],
        ai_typeOfModel=[value.text for value in (facts.family, *facts.architectures) if value],
        ai_hyperparameter=_entries(facts),
        ai_informationAboutTraining=_training(facts),
        ai_informationAboutApplication=_spoken_of(facts, "intended-use"),
        ai_limitation=_spoken_of(facts, "limitations"),
        externalRef=list(_references(facts)),
    )
    _licence(graph, model, facts.declared or facts.licences, "Declared", prefix)
    _licence(graph, model, facts.concluded, "Concluded", prefix)
    _data(graph, model, facts, prefix)
    _bases(graph, model, facts, prefix)
    libraries = [
        graph.add(
            "software_Package",
            f"{prefix}library-{at}",
            name=value.text,
            software_packageUrl=pypi_purl(value.text),
            comment=f"named at {value.at}",
        )
        for at, value in enumerate(facts.libraries)
    ]
    graph.relate(model, "dependsOn", libraries, f"{prefix}depends-on", completeness="noAssertion")
    files = list(_files(graph, facts, prefix))
    graph.relate(model, "contains", files, f"{prefix}contains")
    _annotate(graph, model, facts, prefix)
    return model


def _home(facts: Facts) -> str:
    locator = facts.report.release.locator
    if locator.scheme in {"http", "https"}:
        return str(locator)
    return f"https://huggingface.co/{locator.name}" if locator.scheme == "hf" else ""


def _time(facts: Facts) -> str:
    """To the second, as SPDX wants times; empty when the host states none that can be read."""
    value = facts.created or facts.changed
    text = value.text[:19] if value else ""
    return (
        f"{text}Z"
        if len(text) == 19
        and text[10] == "T"
        and text.replace(":", "").replace("-", "").replace("T", "").isdigit()
        else ""
    )


def _conforms_ai(facts: Facts) -> bool:
    """What the AI profile asks of a package: where from, which version, by whom, since when (3.0.1, AIPackage)."""
    return bool(_home(facts) and facts.version and facts.group and _time(facts))


def _entries(facts: Facts) -> list[Json]:
    found = {
        "parameters": facts.parameters,
        "dtype": facts.dtype,
        "quantisation": facts.quantisation,
    }
    return [
        {"type": "DictionaryEntry", "key": key, "value": value.text}
        for key, value in found.items()
        if value is not None
    ]


def _training(facts: Facts) -> str:
    words = []
    if facts.datasets_total:
        words.append(f"{facts.datasets_total} data sets are named")
    if facts.compute:
        words.append(f"compute, as stated at {facts.compute.at}: {facts.compute.text}")
    return "; ".join(words)


def _spoken_of(facts: Facts, subject: str) -> str:
    places = [value.at for value in facts.sections if value.text == subject]
    return f"described at {places[0]}" if places else ""


def _references(facts: Facts) -> Iterator[Json]:
    for kind, values in (("vcs", facts.code_links), ("documentation", facts.papers)):
        for value in values:
            if value.text.startswith("https://"):
                yield {"type": "ExternalRef", "externalRefType": kind, "locator": [value.text]}


def _licence(graph: _Graph, of: str, matches: Sequence[LicenceMatch], kind: str, name: str) -> None:
    words = expression(matches)
    target = NO_LICENCE
    if words:
        target = graph.add(
            "simplelicensing_LicenseExpression",
            f"{name}licence-{kind.lower()}",
            simplelicensing_licenseExpression=words,
            comment="; ".join(str(match.location) for match in matches),
        )
    graph.relate(of, f"has{kind}License", [target], f"{name}has-licence-{kind.lower()}")


def _data(graph: _Graph, model: str, facts: Facts, prefix: str) -> None:
    names = [
        graph.add(
            "dataset_DatasetPackage",
            f"{prefix}dataset-{at}",
            name=value.text,
            comment=f"{value.basis.value} at {value.at}",
            software_primaryPurpose="data",
            software_downloadLocation=value.url,
            dataset_datasetType=["noAssertion"],
        )
        for at, value in enumerate(facts.datasets)
    ]
    whole = "incomplete" if facts.datasets_total > len(names) else "noAssertion"
    graph.relate(model, "trainedOn", names, f"{prefix}trained-on", completeness=whole)


def _bases(graph: _Graph, model: str, facts: Facts, prefix: str) -> None:
    for at, parent in enumerate(facts.bases):
        base = graph.add(
            "ai_AIPackage",
            f"{prefix}base-{at}",
            name=parent.id,
            software_packageUrl=hub_purl(parent.id),
            software_primaryPurpose="model",
            comment=f"{parent.relation.value}, {parent.basis.value} at {parent.location}",
        )
        words = " AND ".join(dict.fromkeys(_ref(item.id) for item in parent.licences))
        target = NO_LICENCE
        if words:
            name = f"{prefix}base-{at}-licence"
            target = graph.add(
                "simplelicensing_LicenseExpression", name, simplelicensing_licenseExpression=words
            )
        graph.relate(base, "hasDeclaredLicense", [target], f"{prefix}base-{at}-declared")
        graph.relate(base, "hasConcludedLicense", [NO_LICENCE], f"{prefix}base-{at}-concluded")
        graph.relate(model, "descendantOf", [base], f"{prefix}descends-{at}")


def _ref(name: str) -> str:
    from ajar.reports._licence_ids import licence_ref

    return licence_ref(name)


def _files(graph: _Graph, facts: Facts, prefix: str) -> Iterator[str]:
    """Weight files, with the digests that a host states."""
    report = facts.report
    digests = {entry.path: entry.digest or "" for entry in report.release.files}
    for at, file in enumerate([file for file in report.files if file.family == "weights"][:FILES]):
        algorithm, _, digest = digests.get(file.path, "").partition(":")
        stated = algorithm == "sha256" and len(digest) == _DIGEST
        hashes = [{"type": "Hash", "algorithm": "sha256", "hashValue": digest}] if stated else []
        yield graph.add(
            "software_File",
            f"{prefix}file-{at}",
            name=file.path,
            comment=f"{file.format}, {file.size} bytes",
            verifiedUsing=hashes,
            software_primaryPurpose="model",
        )


def _annotate(graph: _Graph, model: str, facts: Facts, prefix: str) -> None:
    """Which fields rest on what: read in the bytes, or the publisher's word."""
    known = {
        "ai_domain": facts.task,
        "ai_typeOfModel": facts.family,
        "ai_hyperparameter parameters": facts.parameters,
        "ai_informationAboutTraining": facts.datasets[0] if facts.datasets else facts.compute,
        "description": facts.title,
    }
    for basis, words in ((Basis.VERIFIED, "read in the bytes"), (Basis.DECLARED, "declared, not verified")):
        own = [f"{name} ({value.at})" for name, value in known.items() if value and value.basis is basis]
        if own:
            graph.add(
                "Annotation",
                f"{prefix}{basis.value}",
                annotationType="other",
                subject=model,
                contentType="text/plain",
                statement=f"{words}: {'; '.join(own)}",
            )
