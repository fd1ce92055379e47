"""What a release is made of: the Model Openness Framework's 17 kinds, and the licences on each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ajar.model.evidence import Basis, Ground, Location


class Scope(StrEnum):
    """The four things that are licensed apart from each other."""

    CODE = "code"
    WEIGHTS = "weights"
    DATA = "data"
    DOCUMENTS = "documents"


class ComponentKind(StrEnum):
    """MOF 1.0, table of components."""

    MODEL_ARCHITECTURE = "model-architecture"
    FINAL_PARAMETERS = "final-parameters"
    TECHNICAL_REPORT = "technical-report"
    EVALUATION_RESULTS = "evaluation-results"
    MODEL_CARD = "model-card"
    DATA_CARD = "data-card"
    SAMPLE_OUTPUTS = "sample-outputs"
    TRAINING_CODE = "training-code"
    INFERENCE_CODE = "inference-code"
    EVALUATION_CODE = "evaluation-code"
    EVALUATION_DATA = "evaluation-data"
    SUPPORTING_LIBRARIES = "supporting-libraries"
    DATASETS = "datasets"
    PREPROCESSING_CODE = "preprocessing-code"
    INTERMEDIATE_PARAMETERS = "intermediate-parameters"
    RESEARCH_PAPER = "research-paper"
    MODEL_METADATA = "model-metadata"


_SCOPES = {
    Scope.CODE: (
        ComponentKind.MODEL_ARCHITECTURE,
        ComponentKind.TRAINING_CODE,
        ComponentKind.INFERENCE_CODE,
        ComponentKind.EVALUATION_CODE,
        ComponentKind.SUPPORTING_LIBRARIES,
        ComponentKind.PREPROCESSING_CODE,
    ),
    Scope.WEIGHTS: (
        ComponentKind.FINAL_PARAMETERS,
        ComponentKind.INTERMEDIATE_PARAMETERS,
        ComponentKind.MODEL_METADATA,
    ),
    Scope.DATA: (ComponentKind.DATASETS, ComponentKind.EVALUATION_DATA),
    Scope.DOCUMENTS: (
        ComponentKind.TECHNICAL_REPORT,
        ComponentKind.EVALUATION_RESULTS,
        ComponentKind.MODEL_CARD,
        ComponentKind.DATA_CARD,
        ComponentKind.SAMPLE_OUTPUTS,
        ComponentKind.RESEARCH_PAPER,
    ),
}
SCOPE_OF: dict[ComponentKind, Scope] = {kind: scope for scope, kinds in _SCOPES.items() for kind in kinds}


class MatchKind(StrEnum):
    """How a licence was recognised, strongest first."""

    EXACT = "exact"  # the whole text, word for word
    TEMPLATE = "template"  # the text up to what its template lets vary (names, years, headings)
    MODIFIED = "modified"  # the text with words added, removed or changed
    DERIVED = "derived"  # built from a known licence's text, but too far from it to bear its name
    COMPOSITE = "composite"  # several licences in one text, each a part
    REFERENCE = "reference"  # named or linked in words, text not there
    TAG = "tag"  # named in a metadata field, text not there
    UNKNOWN = "unknown"  # a licence text that no known licence explains


class Openness(StrEnum):
    """What kind of terms a licence sets."""

    OPEN_SOURCE = "open-source"  # OSI-approved or FSF-libre
    OPEN_CONTENT = "open-content"  # open data, content or model licence without OSI approval
    RESTRICTED = "restricted"  # limits on commerce, field of use, territory, size or sharing
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Words in which a text departs from the licence it is nearest to."""

    change: str  # added | removed | changed
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A known licence, as the licence data describe it."""

    id: str
    name: str
    openness: Openness
    osi: bool
    limits: tuple[str, ...] = ()  # non-commercial, user-threshold, revenue-threshold, field-of-use, …


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceMatch:
    """A licence found in one place, and what it applies to there."""

    licence: Licence
    match: MatchKind
    location: Location
    applies_to: tuple[Scope, ...]
    because: str
    quote: str = ""
    differences: tuple[Difference, ...] = ()
    text_present: bool = False
    share: float | None = None  # of the licence's own words that stand in the text, 0 to 1
    nearest: str = ""  # id of the licence that a derived or unknown text is nearest to
    last_line: int | None = None
    parts: tuple[LicenceMatch, ...] = ()  # of a composite
    subject: str = ""  # the one thing it covers: a file, a folder (with its slash), a model; "" is everything
    choice: str = ""  # the expression of a dual licence; of its members the licensee may pick one
    companions: tuple[Location, ...] = ()  # notices and use policies that belong to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One of the 17 kinds: whether it is there, on what ground, and under which licences."""

    kind: ComponentKind
    state: Basis
    reason: str
    files: tuple[str, ...] = ()
    because: tuple[Ground, ...] = ()
    licences: tuple[LicenceMatch, ...] = ()
