"""CycloneDX 1.7, an ML-BOM: the model with its card, data sets, base models, libraries, weight files and licences.

Spec: https://cyclonedx.org/docs/1.7/json/. `citations` say for each field whether ajar read it in the bytes, or the
publisher declared it, or it follows from other facts. Written by hand: the Python library has no model card
(docs/decisions/0010-documents-by-hand.md), and the tests hold every document against its schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from ajar.model.evidence import Basis
from ajar.model.report import Report
from ajar.model.waiver import NO_WAIVERS, Waivers
from ajar.reports._cyclonedx_model import Cited, Json, licences, model_of
from ajar.reports._facts import Facts, Value, facts_of, hub_purl, parts_of, pypi_purl
from ajar.reports._json_text import clean, dumps
from ajar.reports._moment import now

SCHEMA = "http://cyclonedx.org/schema/bom-1.7.schema.json"
FILES = 2_000  # weight files listed; the largest releases have some hundred shards
_ATTRIBUTED = {
    Basis.VERIFIED: ("ajar", "read in the bytes of the release"),
    Basis.INFERRED: ("ajar", "concluded from other facts"),
    Basis.DECLARED: ("publisher", "declared by the publisher or its host, not verified"),
}


def render(reports: Sequence[Report], *, waivers: Waivers = NO_WAIVERS) -> str:  # noqa: ARG001  findings go to VEX and SARIF
    """One document; its subject is the first release, and further ones are components beside it."""
    moment = now()
    parts = parts_of(reports)
    subjects: list[Json] = []
    components: list[Json] = []
    dependencies: list[Json] = []
    citations: list[tuple[str, Basis]] = []

    def add(found: Cited) -> None:
        citations.extend(
            (f"/components/{len(components)}{pointer}", basis) for pointer, basis in found.pointers
        )
        components.append(found.data)

    for number, report in enumerate(parts):
        facts = facts_of(report)
        prefix = f"r{number}-" if len(parts) > 1 else ""
        model = model_of(facts, prefix)
        subjects.append(model.data)
        if number:
            add(model)
        else:
            citations += [(f"/metadata/component{pointer}", basis) for pointer, basis in model.pointers]
        others = list(_others(facts, prefix))
        for other in others:
            add(other)
        needed = [other.data["bom-ref"] for other in others if other.data["type"] != "file"]
        dependencies.append({"ref": model.data["bom-ref"], "dependsOn": needed})
    body = {
        "metadata": _metadata(parts, subjects[0], moment),
        "components": components,
        "dependencies": dependencies,
        "compositions": [
            _composition(report, subject) for report, subject in zip(parts, subjects, strict=True)
        ],
        "citations": list(_citations(citations, moment)),
    }
    digest = sha256(repr(clean(body)).encode("utf-8", "backslashreplace")).hexdigest()
    head = {"$schema": SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.7"}
    return dumps({**head, "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, digest)}", "version": 1, **body})


def _metadata(parts: Sequence[Report], subject: Json, moment: str) -> Json:
    report = parts[0]
    group = str(subject.get("group", ""))
    metadata: Json = {
        "timestamp": moment,
        "lifecycles": [
            {"name": "post-release", "description": "Read from the published files, not from their making."}
        ],
        "tools": {
            "components": [
                {"type": "application", "bom-ref": "ajar", "name": "ajar", "version": report.tool_version}
            ]
        },
        "authors": [{"name": f"ajar {report.tool_version}"}],
        "component": subject,
        "supplier": {"bom-ref": "publisher", "name": group or "not stated"},
        "properties": [
            {"name": "ajar:target", "value": report.target},
            {"name": "ajar:gaps", "value": str(sum(len(part.gaps) for part in parts))},
        ],
    }
    return metadata


def _others(facts: Facts, prefix: str) -> Iterator[Cited]:
    yield from (_dataset(value, f"{prefix}dataset-{at}") for at, value in enumerate(facts.datasets))
    for at, parent in enumerate(facts.bases):
        data: Json = {
            "type": "machine-learning-model",
            "bom-ref": f"{prefix}base-{at}",
            "name": parent.id,
            "description": f"Base model ({parent.relation.value}), named at {parent.location}.",
        }
        purl = hub_purl(parent.id)
        if purl:
            data["purl"] = purl
        if parent.licences:
            data["licenses"] = licences([item.id for item in parent.licences], "declared")
        yield Cited(data=data, pointers=[("/name", parent.basis)])
    for at, value in enumerate(facts.libraries):
        library = {
            "type": "library",
            "bom-ref": f"{prefix}library-{at}",
            "name": value.text,
            "purl": pypi_purl(value.text),
            "evidence": {"occurrences": [{"location": value.at}]},
        }
        yield Cited(data=library, pointers=[("/name", value.basis)])
    yield from _weights(facts, prefix)


def _dataset(value: Value, ref: str) -> Cited:
    contents = {"url": value.url} if value.url else {}
    data: Json = {
        "type": "data",
        "bom-ref": ref,
        "name": value.text,
        "data": [{"type": "dataset", "name": value.text} | ({"contents": contents} if contents else {})],
        "evidence": {"occurrences": [{"location": value.at}]},
    }
    return Cited(data=data, pointers=[("/name", value.basis)])


def _weights(facts: Facts, prefix: str) -> Iterator[Cited]:
    """The files of the weights, with the digests that a host states. None is computed here: no weights were read."""
    report = facts.report
    weights = [file for file in report.files if file.family == "weights"]
    digests = {entry.path: entry.digest or "" for entry in report.release.files}
    for at, file in enumerate(weights[:FILES]):
        data: Json = {
            "type": "file",
            "bom-ref": f"{prefix}file-{at}",
            "name": file.path,
            "properties": [
                {"name": "ajar:format", "value": file.format},
                {"name": "ajar:size_bytes", "value": str(file.size)},
            ],
        }
        algorithm, _, digest = digests.get(file.path, "").partition(":")
        pointers = [("/name", Basis.VERIFIED)]
        if algorithm == "sha256" and len(digest) == 64:
            data["hashes"] = [{"alg": "SHA-256", "content": digest}]
            pointers.append(("/hashes", Basis.DECLARED))
        yield Cited(data=data, pointers=pointers)


def _composition(report: Report, subject: Json) -> Json:
    """Complete is what is known to be; with gaps the rest is unknown. A data set that is named may not be the only one."""
    return {"aggregate": "incomplete" if report.gaps else "unknown", "assemblies": [subject["bom-ref"]]}


def _citations(pointers: Sequence[tuple[str, Basis]], moment: str) -> Iterator[Json]:
    for number, basis in enumerate(_ATTRIBUTED):
        own = [pointer for pointer, known in pointers if known is basis]
        if own:
            source, note = _ATTRIBUTED[basis]
            yield {
                "bom-ref": f"citation-{number}",
                "pointers": own,
                "timestamp": moment,
                "attributedTo": source,
                "note": f"{basis.value}: {note}",
            }
