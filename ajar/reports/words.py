"""Plain words for what a report says, shared by every output."""

from __future__ import annotations

from collections.abc import Mapping

from ajar.model.component import ComponentKind, LicenceMatch, MatchKind
from ajar.model.evidence import Basis
from ajar.model.judgement import Outcome, Right, Verdict
from ajar.model.lineage import Parent, Relation

COMPONENT_WORDS: Mapping[str, str] = {
    ComponentKind.MODEL_ARCHITECTURE: "architecture",
    ComponentKind.FINAL_PARAMETERS: "weights",
    ComponentKind.TECHNICAL_REPORT: "technical report",
    ComponentKind.EVALUATION_RESULTS: "evaluation results",
    ComponentKind.MODEL_CARD: "model card",
    ComponentKind.DATA_CARD: "data card",
    ComponentKind.SAMPLE_OUTPUTS: "sample outputs",
    ComponentKind.TRAINING_CODE: "training code",
    ComponentKind.INFERENCE_CODE: "inference code",
    ComponentKind.EVALUATION_CODE: "evaluation code",
    ComponentKind.EVALUATION_DATA: "evaluation data",
    ComponentKind.SUPPORTING_LIBRARIES: "libraries named",
    ComponentKind.DATASETS: "training data",
    ComponentKind.PREPROCESSING_CODE: "preprocessing code",
    ComponentKind.INTERMEDIATE_PARAMETERS: "checkpoints",
    ComponentKind.RESEARCH_PAPER: "paper",
    ComponentKind.MODEL_METADATA: "model metadata",
}
STATE_WORDS: Mapping[str, str] = {
    Basis.VERIFIED: "here",
    Basis.DECLARED: "only said",
    Basis.INFERRED: "inferred",
    Basis.ABSENT: "not here",
    Basis.WITHHELD: "withheld",
    Basis.UNKNOWN: "could not tell",
}
OUTCOME_MARKS: Mapping[str, str] = {
    Outcome.MET: "✓",
    Outcome.PARTIAL: "~",
    Outcome.UNMET: "✗",
    Outcome.UNKNOWN: "?",
    Outcome.NOT_APPLICABLE: "-",
}
ANSWER_MARKS: Mapping[str, str] = {"yes": "✓", "conditional": "~", "no": "✗", "unknown": "?"}
RIGHT_WORDS: Mapping[str, str] = {
    "commercial-use": "use it commercially",
    "at-scale": "at any scale",
    "modify": "change it",
    "redistribute": "share it",
    "train-other-models": "train others on outputs",
    "field-of-use": "for any purpose",
    "territory": "anywhere",
    "revocable": "can it be revoked",
}
INSTRUMENT_WORDS: Mapping[str, str] = {
    "g7": "G7 labels",
    "mof": "MOF 1.0",
    "osaid": "OSAID 1.0",
    "eu-ai-act": "EU AI Act 53(2)",
    "osai": "OSAI index",
    "solaiman": "Solaiman",
}
LEVEL_WORDS: Mapping[str, str] = {
    "class-iii": "Class III (Open Model)",
    "class-ii": "Class II (Open Tooling)",
    "class-i": "Class I (Open Science)",
    "shut": "Closed",
    "chained": "Weights Available AI",
    "ajar": "Open Weights AI",
    "open": "Open Source AI",
    "wide-open": "Open Source AI with Open Data",
    "pass": "passes",
    "fail": "fails",
    "review": "for review",
    "not-exempt": "not exempt",
}
RELATION_WORDS: Mapping[str, str] = {
    Relation.FINETUNE: "fine-tuned from",
    Relation.ADAPTER: "an adapter for",
    Relation.QUANTIZED: "quantised from",
    Relation.MERGE: "merged from",
    Relation.DISTILLED: "distilled from",
    Relation.TRAINED_ON_OUTPUTS: "trained on outputs of",
    Relation.UNKNOWN: "related to",
}
SAFETY_WORDS: Mapping[str, str] = {
    "clean": "✓ loads without running code",
    "caution": "~ with care",
    "dangerous": "✗ do not load",
    "unknown": "? could not tell",
}


def right_mark(right: Right) -> str:
    """A mark that says whether the answer is welcome: to be revocable is not."""
    return ANSWER_MARKS[right_class(right)]


def right_class(right: Right) -> str:
    """The style of an answer, by whether it is welcome."""
    welcome = {"yes": "no", "no": "yes"} if right.id == "revocable" else {}
    return welcome.get(right.answer, right.answer)


def level_words(level: str) -> str:
    return LEVEL_WORDS.get(level, level.replace("-", " "))


def verdict_words(verdict: Verdict) -> str:
    """The answer in one phrase, and its bounds when it is not certain."""
    if verdict.certain:
        return level_words(verdict.at_least)
    if verdict.declared == verdict.at_least:
        return f"{level_words(verdict.at_least)} (possible {level_words(verdict.at_most)})"
    bounds = f"proven {level_words(verdict.at_least)}, possible {level_words(verdict.at_most)}"
    return f"{level_words(verdict.declared)} as declared ({bounds})"


def parent_words(parent: Parent) -> str:
    """How a release comes from a parent, and under which licence that stands."""
    joint = " or " if parent.choice else " and "
    licence = joint.join(item.id for item in parent.licences) or "licence not known here"
    sure = ", a hint" if parent.is_hint else ", inferred" if parent.basis is Basis.INFERRED else ""
    of = f"{parent.subject}: " if parent.subject else ""
    return f"{of}{RELATION_WORDS[parent.relation]} {parent.id} ({licence}; {parent.location}{sure})"


def how_known(match: LicenceMatch) -> str:
    """How a licence is known, in a few words."""
    where = str(match.location)
    if match.match is MatchKind.EXACT:
        return f"whole text, {where}"
    if match.match is MatchKind.TEMPLATE:
        return f"whole text but for names and dates, {where}"
    if match.match is MatchKind.MODIFIED:
        return f"MODIFIED text, {where}"
    if match.match is MatchKind.DERIVED:
        share = f"{match.share:.0%} of " if match.share is not None else "part of "
        return f"{share}{match.nearest or 'a known licence'} stands in it, {where}"
    if match.match is MatchKind.COMPOSITE:
        return f"several licences in one text, {where}"
    if match.match is MatchKind.UNKNOWN:
        return f"unknown terms, {where}"
    text = "text present" if match.text_present else "text not in the release"
    return f"named at {where}; {text}"
