"""What cannot be read never turns a finding on base models into silence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ajar.model.dossier import Dossier
from ajar.model.evidence import Gap, GapReason
from ajar.model.judgement import Outcome
from ajar.rights.ancestry import parents
from ajar.rights.assign import matches
from ajar.rights.data_store import store
from ajar.rights.lineage import judge
from tests.build.dossiers import dossier, fact

BASES = (
    "meta-llama/Llama-3.1-8B",
    "Qwen/Qwen2.5-3B",
    "google/gemma-2-9b",
    "bigscience/bloom",
    "mosaicml/mpt-7b-chat",
)
LICENCES = ("mit", "apache-2.0", "cc-by-nc-4.0", "gemma", "other", "unknown")


def release(base: str, licence: str, *, through: str, text: bool) -> Dossier:
    """One derived release; `through` is where its base is named."""
    readme = "# Tiny\n\nA small model.\n"
    facts = [fact("card.words", 10, "README.md"), fact("card.title", "Tiny", "README.md", line=1)]
    facts.append(fact("card.license", licence, "README.md", line=2))
    if through == "field":
        facts.append(fact("card.base-model", base, "README.md", line=3))
    elif through == "adapter":
        facts.append(fact("config.kind", "adapter", "adapter_config.json"))
        facts.append(fact("config.base-model", base, "adapter_config.json"))
    else:
        readme += f"\nIt was fine-tuned from `{base}`.\n"
    texts = {"README.md": readme} | ({"LICENSE": store().text("MIT")} if text else {})
    if text:
        facts.append(fact("licence.document", "licence", "LICENSE"))
    files = {
        "m.safetensors": ("safetensors", "weights"),
        "README.md": ("model-card", "document"),
        "adapter_config.json": ("config", "config"),
        "LICENSE": ("licence-text", "licence"),
    }
    return dossier(files, facts, texts)


def findings(made: Dossier):
    return judge(made, matches(made), parents(made, "Tiny"), title="Tiny")


@settings(deadline=None)
@given(
    base=st.sampled_from(BASES),
    licence=st.sampled_from(LICENCES),
    through=st.sampled_from(["field", "adapter", "sentence"]),
    text=st.booleans(),
    lost=st.sets(st.sampled_from(["README.md", "adapter_config.json", "LICENSE"]), min_size=1),
)
def test_a_gap_never_makes_a_finding_vanish(
    base: str, licence: str, through: str, text: bool, lost: set
) -> None:
    whole = release(base, licence, through=through, text=text)
    before = {item.rule for item in findings(whole) if item.outcome is not Outcome.MET}
    cut = Dossier(
        release=whole.release,
        files=whole.files,
        evidence=tuple(item for item in whole.evidence if item.location.path not in lost),
        gaps=tuple(
            Gap(location=item.location, reason=GapReason.MALFORMED, detail="cut short")
            for item in whole.evidence
            if item.location.path in lost
        ),
        texts=tuple(item for item in whole.texts if item.path not in lost),
    )
    after = findings(cut)
    if cut.gaps:
        kept = {item.rule for item in after}
        assert before <= kept or any(item.outcome is Outcome.UNKNOWN for item in after)
        assert any(item.outcome is Outcome.UNKNOWN for item in after)


@settings(deadline=None)
@given(base=st.sampled_from(BASES), single=st.integers(min_value=0, max_value=5))
def test_one_lost_fact_is_kept_or_told(base: str, single: int) -> None:
    """A single fact replaced by a gap at its place."""
    whole = release(base, "apache-2.0", through="field", text=False)
    lost = whole.evidence[single % len(whole.evidence)]
    cut = Dossier(
        release=whole.release,
        files=whole.files,
        evidence=tuple(item for item in whole.evidence if item is not lost),
        gaps=(Gap(location=lost.location, reason=GapReason.MALFORMED, detail="cut short"),),
        texts=whole.texts,
    )
    before = {item.rule for item in findings(whole)}
    after = findings(cut)
    assert all(
        rule in {item.rule for item in after} or any(item.outcome is Outcome.UNKNOWN for item in after)
        for rule in before
    )
