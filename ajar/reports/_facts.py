"""What a bill of materials says of a model, each value with its basis and its place. Shared by the outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from ajar.model.component import ComponentKind, LicenceMatch, MatchKind, Scope
from ajar.model.evidence import Basis, Evidence
from ajar.model.lineage import Parent
from ajar.model.report import Report
from ajar.reports.plain import visible

DATASETS, LIBRARIES = 200, 200  # what a document lists; more is counted, not listed
_DATA_KEYS = (
    "card.dataset",
    "host.dataset",
    "config.dataset",
    "card.dataset-link",
    "card.training-data-source",
)
_CONCLUDED = frozenset({MatchKind.EXACT, MatchKind.TEMPLATE, MatchKind.MODIFIED})
_PAPERS = frozenset({ComponentKind.RESEARCH_PAPER, ComponentKind.TECHNICAL_REPORT})
_CODE = frozenset(
    {
        ComponentKind.TRAINING_CODE,
        ComponentKind.INFERENCE_CODE,
        ComponentKind.EVALUATION_CODE,
        ComponentKind.PREPROCESSING_CODE,
    }
)
_LINKS = 16
_HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[\w.-]{1,96})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A fact as text: what is said, how that is known, where it stands, and its address where one is given."""

    text: str
    basis: Basis
    at: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One release, as bills of materials describe it."""

    report: Report
    name: str
    group: str
    version: str
    purl: str
    title: Value | None
    task: Value | None
    family: Value | None
    architectures: tuple[Value, ...]
    parameters: Value | None
    dtype: Value | None
    quantisation: Value | None
    languages: tuple[Value, ...]
    datasets: tuple[Value, ...]
    datasets_total: int
    libraries: tuple[Value, ...]
    papers: tuple[Value, ...]
    code_links: tuple[Value, ...]
    compute: Value | None
    sections: tuple[Value, ...]
    metrics: Value | None
    changed: Value | None
    created: Value | None
    licences: tuple[LicenceMatch, ...]  # those on the weights, each once
    licence_evidence: tuple[LicenceMatch, ...]  # every place that names them
    bases: tuple[Parent, ...]

    @property
    def declared(self) -> tuple[LicenceMatch, ...]:
        """Licences that somebody named; the text was not what named them."""
        return tuple(match for match in self.licences if match.match not in _CONCLUDED)

    @property
    def concluded(self) -> tuple[LicenceMatch, ...]:
        """Licences whose text stands in the release."""
        return tuple(match for match in self.licences if match.match in _CONCLUDED)


def facts_of(report: Report) -> Facts:
    """One pass over the evidence."""
    index: dict[str, list[Evidence]] = {}
    for item in report.evidence:
        index.setdefault(item.key, []).append(item)
    group, name = _names(report, index)
    weights = _on_weights(report)
    data = _distinct(item for key in _DATA_KEYS for item in index.get(key, ()))
    version = report.release.revision or _text(index, "package.version")
    return Facts(
        report=report,
        name=name,
        group=group,
        version=version,
        purl=_purl(report, group, name, version, index),
        title=_value(index, "card.title", "weights.name"),
        task=_value(index, "card.pipeline-tag"),
        family=_value(index, "config.model-type", "weights.architecture"),
        architectures=_distinct(index.get("config.architecture", ()))[:8],
        parameters=_parameters(report, index),
        dtype=_value(index, "weights.dtype", "config.dtype"),
        quantisation=_value(index, "weights.quantisation", "config.quantisation"),
        languages=_distinct(index.get("card.language", ()))[:64],
        datasets=data[:DATASETS],
        datasets_total=len(data),
        libraries=_distinct(index.get("package.dependency", ()))[:LIBRARIES],
        papers=_linked(report, _PAPERS),
        code_links=_linked(report, _CODE),
        compute=_value(index, "card.compute"),
        sections=_distinct(index.get("card.section", ()))[:32],
        metrics=_value(index, "card.metric"),
        changed=_value(index, "host.last-modified"),
        created=_value(index, "host.created"),
        licences=_once(weights),
        licence_evidence=weights,
        bases=tuple(parent for parent in report.lineage if not parent.is_hint),
    )


def parts_of(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The releases that the reports are about: of a repository of several, those inside it."""
    return tuple(part for report in reports for part in (report.releases or (report,)))


def _on_weights(report: Report) -> tuple[LicenceMatch, ...]:
    weights = next(part for part in report.components if part.kind is ComponentKind.FINAL_PARAMETERS)
    return weights.licences or tuple(m for m in report.licences if Scope.WEIGHTS in m.applies_to)


def _once(matches: Iterable[LicenceMatch]) -> tuple[LicenceMatch, ...]:
    """Each licence once as named and once as read; the first place of each."""
    found: dict[tuple[str, bool], LicenceMatch] = {}
    for match in matches:
        found.setdefault((match.licence.id, match.match in _CONCLUDED), match)
    return tuple(found.values())


def _linked(report: Report, kinds: frozenset[ComponentKind]) -> tuple[Value, ...]:
    """Addresses that a component rests on: the model's own, and not what its card cites besides."""
    grounds = (item for part in report.components if part.kind in kinds for item in part.because)
    here = {part.kind for part in report.components if part.state is not Basis.ABSENT}
    own = (item for item in grounds if isinstance(item, Evidence) and str(item.value).startswith("https://"))
    return _distinct(own)[:_LINKS] if here & kinds else ()


def _names(report: Report, index: dict[str, list[Evidence]]) -> tuple[str, str]:
    """Organisation and name; a package is called as its metadata call it, not as its file is."""
    group, _, name = report.title.strip("/").rpartition("/")
    package = _text(index, "package.name") if report.release.locator.name.endswith(".whl") else ""
    return group, package or name or "unnamed"


def _value(index: dict[str, list[Evidence]], *keys: str) -> Value | None:
    for key in keys:
        for item in index.get(key, ()):
            return _as_value(item)
    return None


def _text(index: dict[str, list[Evidence]], key: str) -> str:
    found = _value(index, key)
    return found.text if found else ""


def _as_value(item: Evidence) -> Value:
    text = item.quote if item.value is True and item.quote else str(item.value)
    url = text if text.startswith("https://") else ""
    return Value(text=text, basis=item.basis, at=str(item.location), url=url)


def _distinct(items: Iterable[Evidence]) -> tuple[Value, ...]:
    found: dict[str, Value] = {}
    for item in items:
        value = _as_value(item)
        known = value.text.removeprefix("https://huggingface.co/datasets/").rstrip("/").lower()
        if known and known not in found:
            found[known] = value
        elif known and value.url and not found[known].url:
            found[known] = replace(found[known], url=value.url)
    return tuple(found.values())


def _parameters(report: Report, index: dict[str, list[Evidence]]) -> Value | None:
    """Elements in the files that are the weights; an estimate of nothing else."""
    weights = next(part for part in report.components if part.kind is ComponentKind.FINAL_PARAMETERS)
    counts = [
        item
        for item in index.get("weights.parameter-count", ())
        if item.location.path in weights.files and isinstance(item.value, int)
    ]
    if not counts:
        return None
    total = sum(item.value for item in counts if isinstance(item.value, int))
    return Value(text=str(total), basis=counts[0].basis, at=str(counts[0].location))


def _purl(report: Report, group: str, name: str, version: str, index: dict[str, list[Evidence]]) -> str:
    """The package URL: the hub's or the package index's where the release is one of theirs, else generic."""
    locator = report.release.locator
    revision = (report.release.revision or "").lower()
    if locator.scheme == "hf" or (group and revision and locator.scheme == "file"):
        own = locator.name.strip("/") if locator.scheme == "hf" else f"{group}/{name}"
        return f"pkg:huggingface/{_q(own)}" + (f"@{revision}" if revision else "")
    if locator.scheme in {"oci", "ollama"}:
        host, _, last = locator.name.strip("/").rpartition("/")
        short, _, tag = last.partition(":")
        where = host if "." in host.partition("/")[0] else f"registry.ollama.ai/{host or 'library'}"
        about = f"?repository_url={_q(where)}/{_q(short)}" + (f"&tag={_q(tag)}" if tag else "")
        return (
            f"pkg:oci/{_q(short.lower())}"
            + (f"@{quote(revision, safe='')}" if ":" in revision else "")
            + about
        )
    package = _text(index, "package.name")
    if package and locator.name.endswith(".whl"):
        stated = _text(index, "package.version")
        return f"pkg:pypi/{_q(re.sub(r'[-_.]+', '-', package).lower())}" + (
            f"@{_q(stated)}" if stated else ""
        )
    own = f"{group}/{name}" if group else name
    address = (
        f"?download_url={quote(visible(str(locator)), safe='')}"
        if locator.scheme in {"http", "https"}
        else ""
    )
    return f"pkg:generic/{_q(own)}" + (f"@{_q(version)}" if version else "") + address


def pypi_purl(name: str) -> str:
    """The package URL of a Python package; the name as PEP 503 normalises it."""
    return f"pkg:pypi/{_q(re.sub(r'[-_.]+', '-', name).lower())}"


def hub_purl(name: str) -> str:
    """The package URL of what a hub id names; empty for what is no such id."""
    return f"pkg:huggingface/{_q(name)}" if _HUB.fullmatch(name) and ".." not in name else ""


def _q(text: str) -> str:
    return quote(visible(text), safe="/.-_~")
