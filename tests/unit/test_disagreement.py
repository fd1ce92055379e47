"""An audit beside the catalogue: agreement is silent, each difference shows both places."""

import json
from pathlib import Path

import pytest

from ajar.components.checks import CATALOGUE_AGREES as RULE
from ajar.model.judgement import Confidence, Finding, Severity
from ajar.pipeline import audit
from tests.build.releases import apache_text, write_release
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures

GROK = "xai-org/grok-1"
LLAMA = "---\nlicense: llama2\n---\n# Grok-1\n\nWeights of a language model.\n"
PLAIN = (
    "---\nlicense: apache-2.0\nlibrary_name: transformers\n---\n# Grok-1\n\nWeights of a language model.\n"
)


def found(target: str | Path) -> tuple[Finding, ...]:
    return tuple(item for item in audit(target).findings if item.rule == RULE)


def checkout(root: Path, origin: str, card: str = PLAIN) -> Path:
    write_release(root, card=card, licence=apache_text() if card is PLAIN else None)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {origin}\n')
    return root


def saved_from(root: Path, name: str, card: str = PLAIN, **more: str) -> Path:
    write_release(root, card=card)
    config = json.loads((root / "config.json").read_text())
    (root / "config.json").write_text(json.dumps({**config, "_name_or_path": name, **more}))
    return root


def test_a_repository_that_is_as_known_is_silent(standin, tmp_path: Path) -> None:  # noqa: F811
    standin.add(GROK, write_release(tmp_path / "a", card=PLAIN, licence=apache_text()))
    assert found(GROK) == ()


def test_a_changed_licence_shows_both_places(standin, tmp_path: Path) -> None:  # noqa: F811
    standin.add(GROK, write_release(tmp_path / "a", card=LLAMA))
    licence, door = found(GROK)
    assert licence.severity is Severity.MEDIUM
    assert "Grok-1 is known by its repository. licence: llama2 at README.md:2" in licence.message
    assert "https://github.com/xai-org/grok-1/blob/main/LICENSE.txt" in licence.message
    assert {item.inspector for item in licence.because} == {"rights", "catalogue"}
    assert "door: chained at most here; by the catalogue's facts ajar" in door.message


def test_a_gate_that_is_new(standin, tmp_path: Path) -> None:  # noqa: F811
    release = write_release(tmp_path / "a", card=PLAIN, licence=apache_text())
    standin.add(GROK, {path.name: path.read_bytes() for path in release.iterdir()}, info={"gated": "manual"})
    report = audit(GROK)
    assert report.control.gated is True
    messages = [item.message for item in report.findings if item.rule == RULE]
    assert any("access: gated by hub:xai-org/grok-1; the catalogue has open" in item for item in messages)


@pytest.mark.parametrize(
    "origin",
    [
        "https://github.com/xai-org/grok-1.git",
        "https://user:secret@github.com/xai-org/grok-1",
        "git@github.com:xai-org/grok-1.git",
        "https://huggingface.co/xai-org/grok-1",
    ],
)
def test_a_checkout_is_known_by_its_origin(tmp_path: Path, origin: str) -> None:
    folder = checkout(tmp_path / "work", origin, LLAMA)
    report = audit(folder)
    messages = [item.message for item in report.findings if item.rule == RULE]
    assert any("by the repository that the checkout came from. licence: llama2" in item for item in messages)
    assert "secret" not in str(report)


@pytest.mark.parametrize(
    "origin", ["https://example.org/xai-org/grok-1", "/srv/grok-1", "https://github.com/x/y/z", ""]
)
def test_other_origins_tell_nothing(tmp_path: Path, origin: str) -> None:
    assert found(checkout(tmp_path / "work", origin, LLAMA)) == ()


def test_a_checkout_that_agrees_is_silent(tmp_path: Path) -> None:
    assert found(checkout(tmp_path / "work", "https://github.com/xai-org/grok-1")) == ()


def test_a_configuration_that_says_so_is_a_weaker_word(tmp_path: Path) -> None:
    licence = found(saved_from(tmp_path / "mine", GROK, LLAMA))[0]
    assert licence.confidence is Confidence.LOW
    assert "by config.json#/_name_or_path" in licence.message
    assert found(saved_from(tmp_path / "grok-1", GROK, LLAMA))[0].confidence is Confidence.MEDIUM


def test_a_model_that_names_its_base_is_not_its_base(tmp_path: Path) -> None:
    card = LLAMA.replace("license: llama2", f"license: llama2\nbase_model: {GROK}")
    assert found(saved_from(tmp_path / "tuned", GROK, card)) == ()


def test_weights_of_a_system_that_is_known_as_hosted(standin, tmp_path: Path) -> None:  # noqa: F811
    # Falcon-180B: whether its weights are given out is not established, so nothing can be said against it.
    standin.add("tiiuae/falcon-180B", write_release(tmp_path / "a", card=PLAIN, licence=apache_text()))
    assert all("access" not in item.message for item in found("tiiuae/falcon-180B"))


def test_an_unknown_release_is_silent(tmp_path: Path) -> None:
    assert found(write_release(tmp_path / "a", card=LLAMA)) == ()
