"""What a survey is of: files, tables and folders, listings that lie, and going on at a page."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ajar.config import Options
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.survey import parts
from ajar.survey.ledger import Listed
from ajar.survey.listing import listed, source_of
from ajar.survey.schema import fitted
from tests.build.synthetic import Releases
from tests.standin.hub import hub

NONE = dict.fromkeys(("author", "task", "library", "licence", "sort"), "")


def all_of(text: str, cursor: str | None = None, **filters: str) -> list[Listed]:
    pages = source_of(text, {**NONE, **filters}).pages(cursor, Options(keep=False))
    return [item for items, _ in pages for item in items]


def test_a_file_of_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "targets.txt"
    path.write_bytes(b"# these\norg/one\n\n  hf:org/two@v1\n\xff\0" + b"x" * 5000 + b"\n")
    found = [item.target for item in all_of(str(path))]
    assert found[:2] == ["org/one", "hf:org/two@v1"]
    assert "\0" not in found[2]
    assert len(found[2]) <= 1030
    monkeypatch.setattr("sys.stdin", io.StringIO("a\nb\n"))
    assert [item.target for item in all_of("-")] == ["a", "b"]


def test_folders_flat_nested_and_from_a_hub_cache(tmp_path: Path) -> None:
    for name in (
        "flat/config.json",
        "maker/one/config.json",
        "maker/two/config.json",
        "models--org--name/refs/main",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    found = all_of(str(tmp_path))
    assert [Path(item.target).relative_to(tmp_path).as_posix() for item in found] == [
        "flat", "maker/one", "maker/two", "models--org--name",
    ]  # fmt: skip
    assert [item.row.get("maker") for item in found] == [None, "maker", "maker", "org"]
    assert [item.target for item in all_of(str(tmp_path), found[1].target)] == [
        item.target for item in found[2:]
    ]
    (tmp_path / "flat" / "config.json").write_text("{ }")
    assert all_of(str(tmp_path))[0].stamp != found[0].stamp


def test_a_hub_is_listed_by_pages_and_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    with hub() as made:
        made.repositories, made.page = Releases(3, 45), 10
        monkeypatch.setenv("HF_ENDPOINT", made.endpoint)
        pages = list(source_of("hub:", NONE).pages(None, Options(keep=False)))
        assert [len(items) for items, _ in pages] == [10, 10, 10, 10, 5]
        assert pages[-1][1] is None
        rest = list(source_of("hub:", NONE).pages(pages[1][1], Options(keep=False)))
        assert rest[0][0] == pages[2][0]
        by_author = all_of("hub:", author="mistralai")
        assert by_author
        assert all(item.row["maker"] == "mistral-ai" for item in by_author)
        assert all(item.row["country"] == "FR" for item in by_author)
        by_licence = all_of("hub:", licence="llama3")
        assert by_licence
        assert all(item.row["tagged_licence"] == "llama3" for item in by_licence)
        elsewhere = source_of("hub:", NONE).pages("http://192.0.2.1/api/models", Options(keep=False))
        with pytest.raises(TargetUnreadable, match="another host"):
            list(elsewhere)


def test_a_table_of_a_hub(tmp_path: Path) -> None:
    path = tmp_path / "stats.parquet"
    connection = parts.connect()
    connection.execute(
        "COPY (SELECT 'org/m' || i AS id, 'sha' || i AS sha, TIMESTAMP '2025-03-04 05:06:07' AS \"createdAt\", i AS downloads,"
        " ['license:mit', 'en'] AS tags, {'total': 7} AS safetensors FROM range(2500) t(i)) TO $path (FORMAT parquet)",
        {"path": str(path)},
    )
    connection.close()
    found = all_of(str(path))
    assert len(found) == 2500
    assert found[7].target == "hf:org/m7"
    assert found[7].row["parameters"] == 7
    assert found[7].row["year"] == 2025
    assert all_of(str(path), "2000") == found[2000:]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TargetUnreadable):
        all_of(str(path))


def test_a_table_without_names_is_refused(tmp_path: Path) -> None:
    connection = parts.connect()
    connection.execute(
        "COPY (SELECT 1 AS x) TO $path (FORMAT parquet)", {"path": str(tmp_path / "x.parquet")}
    )
    connection.close()
    with pytest.raises(TargetUnreadable, match="no column id"):
        all_of(str(tmp_path / "x.parquet"))


def test_a_table_at_an_address_is_fetched_once(tmp_path: Path) -> None:
    connection = parts.connect()
    local = tmp_path / "x.parquet"
    connection.execute("COPY (SELECT 'o/m' || i AS id FROM range(5000) t(i)) TO $path (FORMAT parquet)", {"path": str(local)})  # fmt: skip
    connection.close()
    with hub() as made:
        made.add("stats/hub", {"models.parquet": local.read_bytes()})
        source: Any = source_of(f"{made.endpoint}/stats/hub/resolve/main/models.parquet", NONE)
        source.folder = tmp_path / "store"
        source.folder.mkdir()
        assert sum(len(items) for items, _ in source.pages(None, Options(keep=False))) == 5000
        made.repositories = {}
        assert sum(len(items) for items, _ in source.pages("4000", Options(keep=False))) == 1000


@pytest.mark.parametrize(
    "info",
    [
        {
            "id": "a/b",
            "downloads": "many",
            "likes": 2**70,
            "tags": {"x": 1},
            "createdAt": 5,
            "safetensors": [1],
            "gated": {},
        },
        {"id": "a/b", "tags": ["license:" + "x" * 9999, "\0\ud800", 5], "sha": 7, "lastModified": "x" * 9999},
    ],
)
def test_a_listing_that_lies_fits_the_columns(info: dict[str, Any]) -> None:
    found = listed(info)
    assert found is not None
    json.dumps(fitted({**found.row}))


@pytest.mark.parametrize("name", [None, 5, "", "../x", "a/../b", "a b/c", "x" * 300, "a/b/c", "a/b\n"])
def test_what_has_no_name_is_left_out(name: Any) -> None:
    assert listed({"id": name}) is None


def test_sources_that_make_no_sense(tmp_path: Path) -> None:
    with pytest.raises(TargetNotFound):
        source_of(str(tmp_path / "nothing"), NONE)
    with pytest.raises(UsageError, match="filters"):
        source_of(str(tmp_path), {**NONE, "author": "x"})
