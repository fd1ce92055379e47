"""Models in container registries: Ollama's, and OCI artefacts of CNCF ModelPack, KitOps and Docker.

OCI distribution specification 1.1; ModelPack's media types `application/vnd.cncf.model.*`; Docker's
`application/vnd.docker.ai.*`; Ollama's `application/vnd.ollama.image.*`. A manifest lists layers with digests and
sizes; a layer is read by range. The licence layers of Ollama are the licence's own text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ajar.blobs import Meter
from ajar.config import Options
from ajar.errors import MalformedError, TargetNotFound, UsageError
from ajar.interfaces import OpenRelease
from ajar.model.evidence import Evidence, Gap, GapReason, Location
from ajar.model.locator import Locator
from ajar.model.release import FileEntry, Release
from ajar.sources._remote import Line, RemoteFile, opened, parsed, said
from ajar.sources._transport import Refused, Reply

INSPECTOR = "registry"
OLLAMA = "registry.ollama.ai"
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
    ", application/vnd.docker.distribution.manifest.v2+json"
    ", application/vnd.docker.distribution.manifest.list.v2+json"
)
LAYERS = 2000
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"[\w.-]{1,253}(?::\d{1,5})?")
_REPOSITORY = re.compile(r"[a-z0-9][\w.-]{0,127}(?:/[a-z0-9][\w.-]{0,127}){0,7}", re.IGNORECASE)
_TAG = re.compile(r"[\w.-]{1,128}")
_CHALLENGE = re.compile(r'(\w+)="([^"]{0,500})"')
# What a layer of a media type is called as a file, where it does not say itself.
_OLLAMA_NAMES = {
    "model": "model.gguf",
    "projector": "projector.gguf",
    "adapter": "adapter.gguf",
    "license": "LICENSE",
    "template": "template.txt",
    "system": "system.txt",
    "prompt": "prompt.txt",
    "params": "params.json",
    "messages": "messages.json",
}
_TITLES = ("org.cncf.model.filepath", "org.opencontainers.image.title", "org.cnai.model.filepath")
_SUFFIXES = (
    ("gguf", ".gguf"),
    ("safetensors", ".safetensors"),
    ("license", ""),
    ("doc", ".md"),
    ("code", ".tar"),
    ("tar", ".tar"),
    ("json", ".json"),
)


class RegistrySource:
    """`ollama:name[:tag]`, `ollama:host/namespace/name:tag`, `oci://host/repository[:tag|@sha256:…]`."""

    schemes: tuple[str, ...] = ("ollama", "oci")

    def resolve(self, locator: Locator, options: Options) -> AbstractContextManager[OpenRelease]:
        image = _image(locator)
        line = Line(
            options, Meter(options.limits.read_bytes), trusted=frozenset({image.host.partition(":")[0]})
        )
        return opened(line, lambda way: _Registry(way, image, locator).listed(), str(locator))


@dataclass(frozen=True, slots=True)
class _Image:
    host: str
    repository: str
    reference: str  # a tag or a digest

    @property
    def base(self) -> str:
        plain = self.host.partition(":")[0] in {"localhost", "127.0.0.1", "::1"}
        return f"{'http' if plain else 'https'}://{self.host}/v2/{self.repository}"


def _image(locator: Locator) -> _Image:
    name = locator.name.strip("/")
    host, repository = OLLAMA, name
    head, _, rest = name.partition("/")
    if locator.scheme == "oci" or (("." in head or ":" in head) and rest):
        host, repository = head, rest
    elif locator.scheme == "ollama":
        host = os.environ.get("OLLAMA_REGISTRY", "").strip("/") or OLLAMA
    repository, _, tag = repository.partition(":")
    if locator.scheme == "ollama" and "/" not in repository:
        repository = f"library/{repository}"
    reference = locator.revision or tag or "latest"
    is_reference = _DIGEST.fullmatch(reference) or _TAG.fullmatch(reference)
    if not _HOST.fullmatch(host) or not _REPOSITORY.fullmatch(repository) or not is_reference:
        hint = "give it as ollama:name:tag, or as oci://host/repository:tag"
        raise UsageError(f"{locator}: not the name of an image", hint=hint)
    return _Image(host, repository, reference)


class _Registry:
    """One image."""

    def __init__(self, line: Line, image: _Image, locator: Locator) -> None:
        self._line, self._image, self._locator = line, image, locator
        self._headers: dict[str, str] = {}

    def listed(self) -> tuple[Release, Sequence[Evidence | Gap], Mapping[str, RemoteFile]]:
        manifest, digest = self._manifest(self._image.reference)
        nested = manifest.get("manifests")
        if isinstance(nested, list):  # an index: the first artefact in it
            inner = next((row.get("digest") for row in nested if isinstance(row, dict)), None)
            if not isinstance(inner, str) or not _DIGEST.fullmatch(inner):
                raise MalformedError("an index that lists no manifest")
            manifest, digest = self._manifest(inner)
        notes: list[Evidence | Gap] = list(self._facts(manifest))
        files: dict[str, RemoteFile] = {}
        for layer in self._layers(manifest, notes):
            self._place(layer, files, notes)
        if not files:
            raise TargetNotFound(
                f"{self._locator}: the image has no layers", hint="check the name and the tag"
            )
        entries = tuple(
            FileEntry(path=path, size=file.size, digest=file.digest or None)
            for path, file in sorted(files.items())
        )
        release = Release(locator=replace(self._locator, revision=digest), revision=digest, files=entries)
        return release, notes, dict(sorted(files.items()))

    def _manifest(self, reference: str) -> tuple[Mapping[str, Any], str]:
        url = f"{self._image.base}/manifests/{quote(reference, safe=':')}"
        kept = self._line.cache.answer(url) if self._line.options.offline else None
        if kept is None:
            reply = self._ask(url)
            kept = {"manifest": parsed(reply), "digest": f"sha256:{sha256(reply.body).hexdigest()}"}
            stated = reply.headers.get("docker-content-digest", kept["digest"])
            wanted = reference if _DIGEST.fullmatch(reference) else stated
            if not stated == wanted == kept["digest"]:
                raise MalformedError("the manifest is not the one that its digest names")
            self._line.cache.keep_answer(url, kept)
        manifest = kept["manifest"]
        if not isinstance(manifest, dict):
            raise MalformedError("the manifest is no object")
        return manifest, str(kept["digest"])

    def _ask(self, url: str) -> Reply:
        """A request, and again with a token where the registry hands one to everybody who asks."""
        reply = self._line.ask(url, accept=MANIFESTS, headers=self._headers)
        challenge = reply.headers.get("www-authenticate", "")
        if reply.status == 401 and challenge.lower().startswith("bearer"):
            self._authorise(challenge)
            reply = self._line.ask(url, accept=MANIFESTS, headers=self._headers)
        if reply.status != 200:
            raise Refused(reply.status, f"the registry answers {reply.status}", reply.headers)
        return reply

    def _authorise(self, challenge: str) -> None:
        """The token flow of the distribution specification, without a name or a password."""
        fields = dict(_CHALLENGE.findall(challenge))
        realm = fields.get("realm", "")
        if urlsplit(realm).scheme not in {"http", "https"}:
            raise MalformedError("the registry names no place that gives tokens")
        scope = fields.get("scope") or f"repository:{self._image.repository}:pull"
        query = urlencode({"service": fields.get("service", self._image.host), "scope": scope})
        answer = parsed(self._line.ask(f"{realm}?{query}"))
        token = answer.get("token") or answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or len(token) > 1 << 16:
            raise Refused(401, "the registry gives no token")
        self._line.use_token(f"{self._image.base}/", token)

    # layers

    def _layers(
        self, manifest: Mapping[str, Any], notes: list[Evidence | Gap]
    ) -> Iterator[Mapping[str, Any]]:
        config = manifest.get("config")
        layers = manifest.get("layers")
        rows = [
            *(layers if isinstance(layers, list) else []),
            *([config] if isinstance(config, dict) else []),
        ]
        if len(rows) > LAYERS:
            notes.append(_gap(GapReason.OVER_BUDGET, f"more than {LAYERS} layers"))
        for row in rows[:LAYERS]:
            known = isinstance(row, dict) and isinstance(row.get("size"), int) and row["size"] >= 0
            if not known or not _DIGEST.fullmatch(str(row.get("digest"))):
                notes.append(_gap(GapReason.MALFORMED, "a layer without a size or a digest"))
                continue
            yield {**row, "is_config": row is config}

    def _place(
        self, layer: Mapping[str, Any], files: dict[str, RemoteFile], notes: list[Evidence | Gap]
    ) -> None:
        path = _path(layer)
        if ".." in path.split("/") or path.startswith("/") or "\0" in path:
            notes.append(
                _gap(GapReason.MALFORMED, f"a layer is named {path[:120]!r}, which leads out of the image")
            )
            path = "layer"
        stem, dot, suffix = path.rpartition(".")
        number = 2
        while path in files:  # several licences, several shards of one name
            path = f"{stem}-{number}.{suffix}" if dot else f"{suffix}-{number}"
            number += 1
        digest = str(layer["digest"])
        url = f"{self._image.base}/blobs/{digest}"
        files[path] = RemoteFile(url=url, size=layer["size"], key=digest, digest=digest)

    def _facts(self, manifest: Mapping[str, Any]) -> Iterator[Evidence]:
        where = f"registry:{self._image.repository}"
        notes = manifest.get("annotations")
        for key, value in list(notes.items())[:50] if isinstance(notes, dict) else ():
            if isinstance(key, str) and isinstance(value, str):
                if key.endswith(("licenses", "license")):
                    yield said("host.licence", value[:200], where, INSPECTOR, f"{key}: {value}"[:200])
                elif key.endswith("created"):
                    yield said("host.created", value[:200], where, INSPECTOR)
        kind = manifest.get("artifactType")
        if isinstance(kind, str):
            yield said("host.artefact-type", kind[:200], where, INSPECTOR)


def _path(layer: Mapping[str, Any]) -> str:
    media = str(layer.get("mediaType", ""))
    notes = layer.get("annotations")
    for key in _TITLES:
        title = notes.get(key) if isinstance(notes, dict) else None
        if isinstance(title, str) and title:
            return title[:500]
    if layer["is_config"]:
        return "image-config.json"
    ollama = re.fullmatch(r"application/vnd\.ollama\.image\.(\w+)", media)
    if ollama:
        return _OLLAMA_NAMES.get(ollama[1], f"{ollama[1]}.bin")
    if "license" in media:
        return "LICENSE"
    return f"model{next((suffix for word, suffix in _SUFFIXES if word in media), '.bin')}"


def _gap(reason: GapReason, detail: str) -> Gap:
    return Gap(location=Location(path="."), reason=reason, detail=detail, inspector=INSPECTOR)
