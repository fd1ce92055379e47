"""Images of models in registries: Ollama's and OCI's, read layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from tests.build.releases import apache_text
from tests.build.seeds import SEEDS
from tests.standin.registry import TOKEN, Registry, registry

GGUF = next(data for path, data in SEEDS if path.endswith(".gguf"))
SAFETENSORS = next(data for path, data in SEEDS if path.endswith(".safetensors"))
MODEL = "application/vnd.ollama.image."


@pytest.fixture
def images(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Registry]:
    monkeypatch.setenv("AJAR_CACHE", str(tmp_path / "cache"))
    with registry() as made:
        monkeypatch.setenv("OLLAMA_REGISTRY", made.host)
        yield made


def ollama(images: Registry, name: str = "library/tiny", tag: str = "latest") -> str:
    return images.push(
        name,
        tag,
        [
            images.layer(f"{MODEL}model", GGUF),
            images.layer(f"{MODEL}license", apache_text().encode()),
            images.layer(
                f"{MODEL}license", b"A second licence that nobody knows, with terms of its own.\n" * 5
            ),
            images.layer(f"{MODEL}params", b'{"stop": ["x"]}'),
            images.layer(f"{MODEL}template", b"{{ .Prompt }}"),
        ],
    )


def test_an_image_of_ollama(images, remote):
    digest = ollama(images)
    report = remote("ollama:tiny")
    assert report.release.revision == digest
    paths = {item.path for item in report.files}
    assert paths == {"model.gguf", "LICENSE", "LICENSE-2", "params.json", "template.txt", "image-config.json"}
    assert next(item.format for item in report.files if item.path == "model.gguf") == "gguf"
    assert any(
        match.licence.id == "Apache-2.0" and match.location.path == "LICENSE" for match in report.licences
    )


@pytest.mark.parametrize("target", ["ollama:tiny:8b", "ollama:org/tiny:8b"])
def test_tags_and_namespaces(images, remote, target):
    ollama(images, "library/tiny" if "org" not in target else "org/tiny", "8b")
    assert remote(target).files


def test_an_artefact_of_model_pack_behind_a_token(images, remote):
    images.needs_token = True
    layers = [
        images.layer("application/vnd.cncf.model.weight.v1.raw", SAFETENSORS, **{"org.cncf.model.filepath": "model.safetensors"}),
        images.layer("application/vnd.cncf.model.doc.v1.raw", b"# Card\n", **{"org.cncf.model.filepath": "README.md"}),
        images.layer("application/vnd.docker.ai.license", apache_text().encode()),
    ]  # fmt: skip
    annotations = {"org.opencontainers.image.licenses": "Apache-2.0"}
    images.push("org/pack", "v1", layers, annotations=annotations)
    report = remote(f"oci://{images.host}/org/pack:v1")
    assert {"model.safetensors", "README.md", "LICENSE"} <= {item.path for item in report.files}
    assert any(item.key == "host.licence" for item in report.evidence)
    stores = [headers for role, _, headers in images.asked if role == "store"]
    assert stores
    assert all("authorization" not in headers for headers in stores)
    assert any(
        headers.get("authorization") == f"Bearer {TOKEN}"
        for role, _, headers in images.asked
        if role == "registry"
    )


def test_by_digest_and_through_an_index(images, remote):
    import hashlib
    import json

    digest = ollama(images)
    assert remote(f"oci://{images.host}/library/tiny@{digest}").release.revision == digest
    body = json.dumps({"schemaVersion": 2, "manifests": [{"digest": digest, "size": 1}]}).encode()
    images.manifests["library/tiny", "index"] = body
    images.manifests["library/tiny", f"sha256:{hashlib.sha256(body).hexdigest()}"] = body
    assert remote(f"oci://{images.host}/library/tiny:index").release.revision == digest


def test_a_store_that_sends_other_bytes_is_named(images, remote):
    ollama(images)
    images.lie = True
    report = remote("ollama:tiny")
    assert any("other bytes" in gap.detail for gap in report.gaps)
    assert report.safety.level == "unknown"


def test_a_name_that_leads_out(images, remote):
    layers = [images.layer("x", GGUF, **{"org.opencontainers.image.title": "../../model.gguf"})]
    images.push("library/tiny", "latest", layers)
    report = remote("ollama:tiny")
    assert any("leads out" in gap.detail for gap in report.gaps)
    assert all(".." not in item.path for item in report.files)


def test_offline(images, remote):
    ollama(images)
    remote("ollama:tiny")
    asked = len(images.asked)
    assert remote("ollama:tiny", offline=True).files
    assert len(images.asked) == asked


@pytest.mark.parametrize(
    "broken", [b"{", b"[]", b"{}", b'{"layers": [{"digest": "x"}]}', b'{"manifests": []}']
)
def test_a_manifest_that_is_none(images, remote, broken):
    images.manifests["library/tiny", "latest"] = broken
    with pytest.raises((TargetNotFound, TargetUnreadable)):
        remote("ollama:tiny")


def test_what_is_not_there_and_what_is_no_name(images, remote):
    with pytest.raises(TargetNotFound):
        remote("ollama:none")
    for target in ("ollama:a b", "oci://host", "oci://host/UPPER/../x"):
        with pytest.raises(UsageError):
            remote(target)
