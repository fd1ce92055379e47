"""Keras 3 archives: a zip of metadata.json, config.json and weights.

Spec: https://keras.io/guides/serialization_and_saving/
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from ajar.config import Limits
from ajar.errors import MalformedError
from ajar.formats._zip import open_zip
from ajar.interfaces import Blob, Format, Observation
from ajar.model.evidence import Evidence, Location, Scalar

ID = "keras"
_NODES = 200_000


def _matches(head: bytes, path: str) -> bool:
    return head[:4] == b"PK\x03\x04" and (head[30:43] == b"metadata.json" or path.lower().endswith(".keras"))


def _inspect(path: str, blob: Blob, limits: Limits) -> Iterator[Observation]:
    with open_zip(blob) as archive:
        metadata = _member(archive, "metadata.json", limits)
        config = _member(archive, "config.json", limits)
    if isinstance(metadata, dict) and metadata.get("keras_version"):
        yield _fact("weights.keras-version", str(metadata["keras_version"])[:40], path)
    if not isinstance(config, dict):
        raise MalformedError("config.json is not an object")
    yield _fact("weights.architecture", str(config.get("class_name", ""))[:80], path)
    classes = _classes(config)
    yield _fact("weights.layer-count", sum(classes.values()), path)
    if "Lambda" in classes or "__lambda__" in classes:
        yield _fact("weights.lambda-layer", True, path)


def _member(archive: zipfile.ZipFile, name: str, limits: Limits) -> Any:
    import msgspec

    try:
        entry = archive.getinfo(name)
        if entry.file_size > limits.text_bytes:
            raise MalformedError(f"{name} of {entry.file_size} bytes")
        with archive.open(entry) as stream:
            return msgspec.json.decode(stream.read(limits.text_bytes))
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise MalformedError(f"{name} cannot be read: {error}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(f"{name} is not JSON: {error}") from error


def _classes(config: object) -> dict[str, int]:
    """Layer classes of a configuration, without recursion."""
    found: dict[str, int] = {}
    queue: list[object] = [config]
    for _ in range(_NODES):
        if not queue:
            break
        item = queue.pop()
        if isinstance(item, dict):
            name = item.get("class_name")
            if isinstance(name, str):
                found[name] = found.get(name, 0) + 1
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
    return found


def _fact(key: str, value: Scalar, path: str) -> Evidence:
    return Evidence(key=key, value=value, location=Location(path=path), inspector=ID)


FORMAT = Format(
    id=ID,
    title="Keras 3 archive",
    family="weights",
    suffixes=(".keras",),
    matches=_matches,
    inspect=_inspect,
    keys={
        "weights.keras-version": "Keras version that wrote it",
        "weights.architecture": "class of the model",
        "weights.layer-count": "objects with a class in the configuration",
        "weights.lambda-layer": "a Lambda layer, which carries code",
    },
    spec="https://keras.io/guides/serialization_and_saving/",
)
