"""Statements of Model Signing: what is read, and what is refused."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.errors import MalformedError
from ajar.signing.manifest import PREDICATE, STATEMENT, manifest_of

DIGEST = sha256(b"a").hexdigest()


def statement(*rows: dict, **how: object) -> dict:
    root = sha256(b"".join(bytes.fromhex(row["digest"]) for row in rows)).hexdigest()
    return {
        "_type": STATEMENT,
        "subject": [{"name": "m", "digest": {"sha256": root}}],
        "predicateType": PREDICATE,
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "ignore_paths": ["model.sig"], **how},
            "resources": list(rows),
        },
    }


def row(name: str, digest: str = DIGEST, algorithm: str = "sha256") -> dict:
    return {"name": name, "digest": digest, "algorithm": algorithm}


def read(found: object):
    return manifest_of(json.dumps(found).encode())


def test_files() -> None:
    found = read(statement(row("a/b"), row("c", "0" * 64, "blake3")))
    assert [(item.path, item.algorithm) for item in found.items] == [("a/b", "sha256"), ("c", "blake3")]
    assert (found.name, found.method, found.ignored) == ("m", "files", ("model.sig",))


def test_shards() -> None:
    rows = (row("a:0:10", algorithm="sha256-sharded-10"), row("a:10:15", algorithm="sha256-sharded-10"))
    found = read(statement(*rows, method="shards", shard_size=10))
    assert [(item.path, item.start, item.end) for item in found.items] == [("a", 0, 10), ("a", 10, 15)]


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", "a//b", "a\0b"])
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(MalformedError, match="leads out"):
        read(statement(row(name)))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "no in-toto statement"),
        (
            {"_type": STATEMENT, "predicateType": "https://model_signing/Digests/v0.1"},
            "before Model Signing 1.0",
        ),
        ({"_type": STATEMENT, "predicateType": "https://slsa.dev/provenance/v1"}, "something else"),
        (statement(row("a"), row("a")), "listed twice"),
        (statement(row("a", "00", "sha256")), "no sha256"),
        (statement(row("a", DIGEST, "md5")), "not known"),
        (statement(row("a"), method="other"), "not known"),
        (statement(row("a"), method="shards"), "no part of a file"),
        (
            {**statement(row("a")), "subject": [{"name": "m", "digest": {"sha256": DIGEST}}]},
            "not that of its parts",
        ),
        ({**statement(row("a")), "subject": []}, "one subject"),
        (
            {**statement(row("a")), "predicate": {"serialization": {}, "resources": {}}},
            "without its resources",
        ),
    ],
)
def test_what_is_no_list_is_refused(found: object, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        read(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        manifest_of(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["_type", "subject", "predicate", "predicateType", "name", "digest", "resources"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(found: object) -> None:
    if isinstance(found, dict):
        found = {**statement(row("a")), **found}
    try:
        read(found)
    except MalformedError:
        return
    assert isinstance(found, dict)
