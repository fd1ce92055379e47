"""Plain words for the rows and cells of a comparison, shared by its outputs."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.model.comparison import Cell, Entry, From, Group, Row, Standing
from ajar.model.evidence import Basis
from ajar.questions import ethics, monopoly, privacy, security
from ajar.reports.words import COMPONENT_WORDS, INSTRUMENT_WORDS, RIGHT_WORDS

STANDING_WORDS: Mapping[Standing, str] = {
    Standing.DIFFERS: "They differ in",
    Standing.OPEN: "The same, as far as is known",
    Standing.SHARED: "The same for all",
    Standing.UNKNOWN: "Known of none",
}
GROUP_WORDS: Mapping[Group, str] = {
    Group.DOOR: "How open",
    Group.LICENCE: "Licences",
    Group.RIGHT: "May I, with the weights",
    Group.SECURITY: "Security",
    Group.MONOPOLY: "Monopoly",
    Group.PRIVACY: "Privacy",
    Group.ETHICS: "Ethics",
    Group.COMPONENT: "Components",
    Group.CLAIM: "What it says of itself",
}
ORIGIN_WORDS: Mapping[From, str] = {From.AUDIT: "audited", From.CATALOGUE: "as told"}
POINT_WORDS: Mapping[str, str] = {
    "loads-without-running-code": "safe to load",
    "signed": "signed",
    "gated": "must ask for access",
    "safety-evaluated": "safety evaluated",
    "weights-in-hand": "weights in hand",
    "revocable": "can be revoked",
    "limited-by-size": "terms change with size",
    "derived-from": "names a base model",
    "training-data-disclosed": "says what it learnt from",
    "personal-data-addressed": "speaks of personal data",
    "data-opt-out": "data can be kept out",
    "files-hold-secrets": "secrets in its files",
    "uses-limited": "rules uses out",
    "intended-use-documented": "says what it is for",
    "limits-documented": "says what it cannot do",
    "bias-evaluated": "bias evaluated",
}
ASKS: Mapping[str, str] = {**privacy.ASKS, **security.ASKS, **ethics.ASKS, **monopoly.ASKS}
_CLAIM_WORDS: Mapping[str, str] = {
    "fully-open": "“fully open”",
    "open-source": "“open source”",
    "open-weights": "“open weights”",
    "open-access": "“open access”",
    "reproducible": "“reproducible”",
    "commercial-use": "“for commercial use”",
    "non-commercial": "“not for commerce”",
    "hosted-only": "“hosted only”",
}
# Short enough for a column of a table of seven on 80 columns.
SHORT: Mapping[str, str] = {
    "class-iii": "III",
    "class-ii": "II",
    "class-i": "I",
    "unclassified": "none",
    "not-exempt": "not exempt",
    "fully-closed": "closed",
    "gradual-staged-access": "staged",
    "hosted-access": "hosted",
    "cloud-api-access": "by API",
    "downloadable": "weights",
    "fully-open": "all open",
    "conditional": "if",
    "moot": "–",
    "unknown": "?",
    "not-said": "not said",
    "overstated": "too much",
    "understated": "too little",
    "upheld": "true",
    "unproven": "unproven",
}
_COMPONENT_CELLS: Mapping[Basis, str] = {
    Basis.VERIFIED: "here",
    Basis.DECLARED: "said",
    Basis.INFERRED: "likely",
    Basis.ABSENT: "not there",
    Basis.WITHHELD: "withheld",
    Basis.UNKNOWN: "?",
}
_MARKED = frozenset({Group.RIGHT, Group.CLAIM})
_GOOD, _BAD, _MAYBE = "yes", "no", "conditional"
_TONES: Mapping[str, str] = {
    "yes": _GOOD,
    "upheld": _GOOD,
    "no": _BAD,
    "overstated": _BAD,
    "conditional": _MAYBE,
    "unproven": _MAYBE,
    "understated": _MAYBE,
    "unknown": "unknown",
}
_MARKS: Mapping[str, str] = {_GOOD: "✓ ", _BAD: "✗ ", _MAYBE: "~ "}
LEGEND = (
    "?  nothing tells, so neither yes nor no",
    "–  nothing to ask it of",
    "~ if  on conditions",
    "up to  what the unknowns leave possible",
    "said  by its maker or a source, not seen",
    "as told  from published facts",
    "audited  from its files",
)


def label(row: Row) -> str:
    """What a row is called."""
    if row.group is Group.DOOR:
        return INSTRUMENT_WORDS.get(row.id, row.id)
    if row.group is Group.LICENCE:
        return f"licence of the {row.id}"
    if row.group is Group.RIGHT:
        return RIGHT_WORDS.get(row.id, row.id)
    if row.group is Group.COMPONENT:
        return COMPONENT_WORDS.get(row.id, row.id)
    if row.group is Group.CLAIM:
        return _CLAIM_WORDS.get(row.id, row.id)
    return POINT_WORDS.get(row.id, row.id)


def question(row: Row) -> str:
    """The whole question, where a label shortens one."""
    return ASKS.get(row.id, "")


def tone(row: Row, cell: Cell) -> str:
    """Whether an answer is welcome, as a style; empty where that is not for a table to say."""
    if not cell.is_known:
        return "unknown"
    if row.group not in _MARKED:
        return ""
    found = _TONES.get(cell.value, "")
    if row.id == "revocable":
        return {_GOOD: _BAD, _BAD: _GOOD}.get(found, found)
    return found


def answer(row: Row, cell: Cell) -> str:
    """A cell in one or two words, with a mark that stands in for its colour."""
    if not cell.is_known:
        return "?"
    if row.group is Group.COMPONENT:
        return _COMPONENT_CELLS[cell.basis]
    if row.group is Group.LICENCE:
        return {"moot": "–"}.get(cell.value, cell.value)
    return _MARKS.get(tone(row, cell), "") + SHORT.get(cell.value, cell.value)


def bounds(entry: Entry, cell: Cell) -> str:
    """What an uncertain verdict may be. Of published facts nothing is proven, so only the upper bound is told."""
    if cell.bounds is None:
        return ""
    least, most = (SHORT.get(level, level) for level in cell.bounds)
    if entry.origin is From.AUDIT and cell.is_known and cell.value != cell.bounds[0]:
        return f"proven {least}, up to {most}" if cell.may_be_more else f"proven {least}"
    return f"up to {most}" if cell.may_be_more else ""


def about(entry: Entry) -> str:
    """Who made it, when, how large: as far as it is known."""
    return ", ".join(part for part in (entry.maker, entry.date, entry.parameters) if part)
