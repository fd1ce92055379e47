"""Repositories of a hub, read by range from a stand-in on loopback; and every way in which a network misbehaves."""

from __future__ import annotations

import json
import struct
import time
from dataclasses import replace
from pathlib import Path

import pytest

import ajar
from ajar.components import hosted
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from ajar.model.evidence import GapReason
from ajar.model.locator import Locator
from ajar.model.report import Report
from ajar.sources.hub import of_page
from tests.build.releases import apache_text, write_release
from tests.build.zips import zipped
from tests.standin.hub import TOKEN, Sparse

TINY = "org/tiny"
HOSTED = {row[0] for row in hosted.RULES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_release(tmp_path / "tiny", licence=apache_text())


def plain(report: Report) -> dict[str, object]:
    """A report without what can only differ: where it was read, what only the host says, what it cost."""
    own = [item for item in report.evidence if not item.key.startswith("host.")]
    return {
        "files": report.files,
        "components": report.components,
        "licences": report.licences,
        "rights": report.rights,
        "safety": report.safety,
        "claims": report.claims,
        "verdicts": report.verdicts,
        "findings": tuple(item for item in report.findings if item.rule not in HOSTED),
        "evidence": own,
        "gaps": report.gaps,
    }


def test_the_same_report_as_of_the_folder(standin, folder, remote):
    standin.add(TINY, folder)
    there, here = plain(remote(TINY)), plain(ajar.audit(folder))
    for key, value in here.items():
        assert there[key] == value, key


def test_a_bare_name_and_a_revision(standin, folder, remote):
    commit = standin.add(TINY, folder, revisions=("main", "v1.0")).commit
    for target in (TINY, f"hf:{TINY}", f"{TINY}@v1.0", f"hf:{TINY}@{commit}"):
        assert str(remote(target).release.locator) == f"hf:{TINY}@{commit}"


@pytest.mark.parametrize(
    ("page", "means"),
    [
        ("https://huggingface.co/org/name", "hf:org/name"),
        ("https://hf.co/org/name/", "hf:org/name"),
        ("https://huggingface.co/org/name/tree/main", "hf:org/name@main"),
        ("https://huggingface.co/org/name/tree/v1.0/on%20nx", "hf:org/name@v1.0//on nx"),
        ("https://huggingface.co/org/name/blob/refs/pr/3/a/b.bin?x=1", "hf:org/name@refs/pr/3//a/b.bin"),
        ("https://huggingface.co/org/name/resolve/main/a.bin", "hf:org/name@main//a.bin"),
        ("https://huggingface.co/datasets/org/name", "hf:dataset/org/name"),
        ("https://huggingface.co/spaces/org/name", None),
        ("https://huggingface.co/api/models", None),
        ("https://huggingface.co.host.invalid/org/name", None),
        ("https://host.invalid/org/name", None),
    ],
)
def test_the_address_of_a_page_is_what_it_shows(page, means):
    assert of_page(page) == (Locator.parse(means) if means else None)


def test_a_page_s_address_is_audited_as_the_repository(standin, folder, remote):
    commit = standin.add(TINY, folder).commit
    report = remote(f"{standin.endpoint}/{TINY}/tree/main")
    assert str(report.release.locator) == f"hf:{TINY}@{commit}"


def test_a_folder_of_a_repository(standin, folder, remote):
    standin.add(TINY, {f"sub/{path.name}": path for path in folder.iterdir()} | {"other.txt": b"x"})
    report = remote(f"hf:{TINY}//sub")
    assert {item.path for item in report.files} == {path.name for path in folder.iterdir()}


def test_what_the_host_says_is_declared(standin, folder, remote):
    tags = ("license:apache-2.0", "base_model:finetune:org/base", "dataset:org/data")
    status = {"scansDone": True, "filesWithIssues": [{"path": "x.bin", "level": "unsafe"}]}
    standin.add(TINY, folder, tags=tags, info={"securityRepoStatus": status})
    found = {item.key: item for item in remote(TINY).evidence if item.key.startswith("host.")}
    assert found["host.licence"].value == "apache-2.0"
    assert found["host.base-model"].value == "org/base"
    assert found["host.scan-issues"].value == 1
    assert {item.basis for item in found.values()} == {"declared"}


def test_a_paged_listing_where_the_first_answer_has_no_sizes(standin, folder, remote):
    standin.add(TINY, folder, info={"siblings": [{"rfilename": "README.md"}]})
    standin.page = 2
    assert {item.path for item in remote(TINY).files} == {path.name for path in folder.iterdir()}


def test_offline_from_the_cache(standin, folder, remote):
    standin.add(TINY, folder)
    online = remote(TINY)
    asked = standin.requests()
    offline = remote(TINY, offline=True)
    assert standin.requests() == asked
    assert plain(offline) == plain(online)
    assert offline.cost.requests == 0
    with pytest.raises(TargetUnreadable, match="not in the cache"):
        remote("org/other", offline=True)


def test_a_second_look_reads_files_from_the_cache(standin, folder, remote):
    standin.add(TINY, folder)
    remote(TINY)
    before = standin.requests()
    again = remote(TINY)
    assert standin.requests() - before == again.cost.requests == 1  # the listing, which says the commit


def test_nothing_is_kept_when_told_so(standin, folder, remote, tmp_path):
    standin.add(TINY, folder)
    remote(TINY, keep=False)
    assert not (tmp_path / "cache").exists()


# names, access


def test_offline_and_never_seen_says_how_to_go_on(standin, remote):
    with pytest.raises(TargetUnreadable, match="not in the cache") as caught:
        remote(TINY, offline=True)
    assert caught.value.hint == "audit it once without --offline"


def test_what_is_not_there(standin, remote, folder):
    standin.add(TINY, folder)
    for target in ("org/none", f"{TINY}@none"):
        with pytest.raises(TargetNotFound):
            remote(target)
    with pytest.raises(UsageError):
        remote("hf:a/b/c")


def test_a_gated_repository_needs_its_token(standin, folder, remote, monkeypatch):
    standin.add(TINY, folder, gated="manual")
    with pytest.raises(TargetUnreadable, match="approval"):
        remote(TINY)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    report = remote(TINY)
    assert next(item.value for item in report.evidence if item.key == "host.gated") == "manual"


def test_a_token_goes_to_the_endpoint_alone(standin, remote, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    standin.add(TINY, {"model.safetensors": safetensors(1 << 20)})
    remote(TINY)
    sent = {
        role: {headers.get("authorization") for where, _, headers in standin.asked if where == role}
        for role in ("api", "resolve", "store")
    }
    assert sent["api"] == sent["resolve"] == {f"Bearer {TOKEN}"}
    assert sent["store"] == {None}


def test_a_name_that_leads_out_is_no_path(standin, folder, remote):
    standin.add(
        TINY, {**{path.name: path for path in folder.iterdir()}, "../../evil.txt": b"x", "a\0b": b"x"}
    )
    gaps = [gap for gap in remote(TINY).gaps if gap.inspector == "hub"]
    assert len(gaps) == 2
    assert {gap.reason for gap in gaps} == {GapReason.MALFORMED}


# large files


def safetensors(size: int, tensors: int = 3) -> Sparse:
    each = size // tensors
    head = {
        f"t{n}": {"dtype": "U8", "shape": [each], "data_offsets": [n * each, (n + 1) * each]}
        for n in range(tensors)
    }
    text = json.dumps(head).encode()
    return Sparse(size=8 + len(text) + each * tensors, spans={0: struct.pack("<Q", len(text)) + text})


def card(licence: str = "apache-2.0") -> bytes:
    return f"---\nlicense: {licence}\n---\n# A model\n\nWords about it.\n".encode()


def test_two_shards_of_sixteen_gigabytes_cost_next_to_nothing(standin, remote):
    shards = {f"model-0000{n}-of-00002.safetensors": safetensors(8 << 30, tensors=300) for n in (1, 2)}
    small = {
        "README.md": card(),
        "config.json": b'{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}',
        "LICENSE": apache_text().encode(),
        "generation_config.json": b"{}",
        "tokenizer_config.json": b"{}",
    }
    standin.add(TINY, {**shards, **small})
    report = remote(TINY)
    assert report.cost.requests <= 12 + 2 * len(shards)
    assert report.cost.bytes_read <= report.cost.bytes_total // 1000
    assert report.safety.level == "clean"
    assert sum(item.value for item in report.evidence if item.key == "weights.tensor-count") == 600


def test_a_checkpoint_in_a_zip_is_read_by_its_directory(standin, remote):
    from tests.build.pickles import command

    packed = zipped({"archive/data.pkl": command(2), "archive/data/0": bytes(3 << 20)})
    standin.add(TINY, {"pytorch_model.bin": packed, "README.md": card()})
    report = remote(TINY)
    assert report.safety.level == "dangerous"
    assert report.cost.bytes_read < 1 << 20


# faults


def faulty(standin, folder, **faults):
    standin.add(TINY, folder)
    standin.faults = replace(standin.faults, **faults)


@pytest.mark.parametrize("faults", [{"status": [500, 503]}, {"status": [429]}, {"truncate": 2}], ids=str)
def test_what_passes_is_tried_again(standin, folder, remote, faults):
    faulty(standin, folder, **faults)
    found = remote(TINY)
    standin.faults.status, standin.faults.truncate = [], 0
    assert plain(found) == plain(ajar.audit(folder))


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"status": [500] * 999}, "500"),
        ({"status": [404] * 999}, "404"),
        ({"wrong_range": True}, "asked for bytes from"),
        ({"lie_size": 5}, "bytes"),
        ({"lie_digest": True}, "other bytes"),
        ({"circle": True}, "circle"),
        ({"truncate": 999}, "received"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_does_not_pass_is_a_gap_that_says_so(standin, folder, remote, faults, words, monkeypatch):
    monkeypatch.setattr("ajar.sources._transport.BACKOFF_S", 0.001)
    faulty(standin, folder, **faults)
    report = remote(TINY)
    gaps = [gap for gap in report.gaps if gap.location.path == "README.md"]
    assert any(words in gap.detail for gap in gaps), report.gaps
    assert report.verdict("g7").at_least == "shut" or not report.verdict("g7").certain
    assert report.safety.level == "unknown"


def test_a_host_without_ranges_may_send_small_files(standin, folder, remote):
    faulty(standin, folder, no_ranges=True)
    assert plain(remote(TINY)) == plain(ajar.audit(folder))


def test_a_large_file_of_a_host_without_ranges_is_not_seen(standin, remote):
    standin.add(TINY, {"model.safetensors": safetensors(1 << 30), "README.md": card()})
    standin.faults.no_ranges = True
    report = remote(TINY)
    assert any("no ranges" in gap.detail for gap in report.gaps)
    assert report.cost.bytes_read < 64 << 20


def test_a_host_that_drips_meets_the_deadline(standin, folder, remote):
    faulty(standin, folder, drip=0.3)
    started = time.monotonic()
    report = remote(TINY, seconds=2.0)
    assert time.monotonic() - started < 15
    assert any(gap.reason in {GapReason.OVER_BUDGET, GapReason.UNREADABLE} for gap in report.gaps)


@pytest.mark.parametrize(
    "host", ["localhost:1", "169.254.169.254", "[::1]:1", "10.0.0.1", "0.0.0.0:1", "[fd00::1]"]
)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_redirect_to_this_network_is_not_followed(standin, folder, remote, scheme, host):
    faulty(standin, folder, redirect_to=f"{scheme}://{host}/x")
    report = remote(TINY)
    assert any("not followed" in gap.detail for gap in report.gaps), report.gaps[:2]


def test_the_hub_s_own_client_is_content_with_the_stand_in(standin, folder, tmp_path):
    from huggingface_hub import HfApi, hf_hub_download

    standin.add(TINY, {**{path.name: path for path in folder.iterdir()}, "big.bin": bytes(100_000)})
    hub_api = HfApi(endpoint=standin.endpoint, token=False)
    info = hub_api.model_info(TINY, files_metadata=True)
    assert {row.rfilename for row in info.siblings} >= {"README.md", "model.safetensors"}
    assert {row.path for row in hub_api.list_repo_tree(TINY)} >= {"README.md"}
    path = hf_hub_download(
        TINY, "README.md", endpoint=standin.endpoint, cache_dir=tmp_path / "hub", token=False
    )
    assert Path(path).read_bytes() == (folder / "README.md").read_bytes()


def test_when_the_licence_changed(standin, folder, remote):
    standin.add(TINY, folder)
    found = [item for item in remote(TINY).evidence if item.key == "host.file-changed"]
    assert {item.location.path for item in found} >= {"LICENSE", "README.md"}
    assert "2026-02-03" in found[0].quote


def test_the_release_before_a_date(standin, folder):
    from ajar.config import Options
    from ajar.model.locator import Locator
    from ajar.sources import before

    history = (("a" * 40, "2026-03-01"), ("b" * 40, "2026-01-01"))
    standin.add(TINY, folder, history=history)
    assert before(Locator.parse(TINY), "2026-02-01", Options()).revision == "b" * 40
    with pytest.raises(TargetNotFound):
        before(Locator.parse(TINY), "2025-01-01", Options())
    with pytest.raises(UsageError):
        before(Locator.parse(str(folder)), "2026-01-01", Options())


# what only the host has


def findings_of(report: Report) -> dict[str, object]:
    return {item.rule: item for item in report.findings if item.rule in HOSTED}


def test_what_the_host_states_and_the_release_does_not(standin, folder, remote):
    status = {"scansDone": True, "filesWithIssues": [{"path": "model.safetensors", "level": "unsafe"}]}
    history = (
        ("a" * 40, "2026-02-03", "Change the licence"),
        ("b" * 40, "2026-01-05", "Delete pytorch_model.bin"),
        ("c" * 40, "2026-01-04", "Delete `notes/x.txt`"),
        ("d" * 40, "2026-01-03", "Delete model.safetensors with huggingface_hub"),
    )
    standin.add(
        TINY, folder, tags=("license:mit", "region:us"), info={"securityRepoStatus": status}, history=history
    )
    standin.commits_a_page = 50
    report = remote(TINY)
    facts = [item for item in report.evidence if item.key.startswith("host.")]
    assert {item.basis for item in facts} == {"declared"}
    assert {item.key for item in facts} >= {
        "host.author", "host.commit", "host.created", "host.disabled", "host.downloads", "host.file-changed",
        "host.file-deleted", "host.gated", "host.last-modified", "host.licence", "host.likes", "host.private",
        "host.scan-issue", "host.scan-issues", "host.tag",
    }  # fmt: skip
    assert report.control.gated is False
    found = findings_of(report)
    assert set(found) == HOSTED
    assert "mit" in found["host-names-the-licence-of-the-release"].message.lower()
    assert "pytorch_model.bin" in found["weights-are-not-withdrawn"].message
    assert "model.safetensors" not in found["weights-are-not-withdrawn"].message
    assert "by ajar: clean" in found["host-scan-found-nothing"].message
    assert "397 days" in found["licence-stands-since-publication"].message


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "states no scan"),
        ({"scansDone": False, "filesWithIssues": []}, "not finished"),
        ({"scansDone": "yes"}, "not finished"),
    ],
)
def test_not_scanned_is_not_safe(standin, folder, remote, status, words):
    standin.add(TINY, folder, info={"securityRepoStatus": status} if status else {})
    finding = findings_of(remote(TINY))["host-scan-found-nothing"]
    assert words in finding.message
    assert (finding.outcome, finding.severity) == ("unknown", "info")


def test_a_finished_scan_and_a_tag_that_agrees_say_nothing(standin, folder, remote):
    status = {"scansDone": True, "filesWithIssues": []}
    info = {"securityRepoStatus": status, "createdAt": "2026-02-01T00:00:00.000Z"}
    standin.add(TINY, folder, tags=("license:apache-2.0",), info=info)
    assert findings_of(remote(TINY)) == {}


def test_a_gated_repository_that_may_be_read_is_gated(standin, folder, remote, monkeypatch):
    standin.add(TINY, folder, gated="manual")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    report = remote(TINY)
    assert report.control.gated is True
    assert report.verdict("g7").at_most == "chained"


def test_the_history_is_read_by_its_first_page_or_to_its_end(standin, folder, remote):
    history = tuple((f"{number:040x}", f"2026-01-{28 - number:02}", f"step {number}") for number in range(25))
    standin.add(TINY, folder, history=history)

    def commits(**options: bool) -> int:
        return sum(item.key == "host.commit" for item in remote(TINY, keep=False, **options).evidence)

    assert commits() == 1
    standin.commits_a_page = 10
    assert commits() == 10
    assert commits(history=True) == 25
    standin.commits_a_page = 1
    assert commits(history=True) == 20  # pages


def test_a_history_that_cannot_be_had_is_a_gap(standin, folder, remote, monkeypatch):
    monkeypatch.setattr(standin, "commits_a_page", 0)  # the stand-in answers 500 for it
    monkeypatch.setattr("ajar.sources._transport.BACKOFF_S", 0.001)
    standin.add(TINY, folder, history=(("a" * 40, "2026-01-01"),))
    monkeypatch.setattr("ajar.sources.hub._Repository._rows", _refuses)
    gaps = [gap.detail for gap in remote(TINY).gaps]
    assert any("the history could not be asked" in detail for detail in gaps)


def _refuses(*_: object, **__: object) -> None:
    from ajar.sources._transport import Refused

    raise Refused(500, "the host answers 500")


# the same report, however the bytes came


@pytest.mark.parametrize("several", [True, False], ids=["several-ranges", "one-range"])
@pytest.mark.parametrize("shape", ["torch", "onnx", "safetensors", "gguf"])
def test_large_weights_give_the_same_report_as_on_disk(standin, remote, tmp_path, several, shape):
    from tests.build import sparse

    made = {
        "torch": lambda: sparse.torch_zip(1 << 30, storages=40),
        "onnx": lambda: sparse.onnx(1 << 30),
        "safetensors": lambda: sparse.safetensors(1 << 30),
        "gguf": lambda: sparse.gguf(1 << 30),
    }[shape]()
    name = {"torch": "pytorch_model.bin", "onnx": "model.onnx", "gguf": "model.gguf"}.get(
        shape, "model.safetensors"
    )
    place = tmp_path / "release"
    place.mkdir()
    with (place / name).open("wb") as page:
        page.truncate(made.size)
        for at, span in made.spans.items():
            page.seek(at)
            page.write(span)
    (place / "README.md").write_bytes(card())
    standin.add(TINY, {name: made, "README.md": card()})
    standin.faults.several_ranges = several
    there, here = remote(TINY), ajar.audit(place)
    for key, value in plain(here).items():
        assert plain(there)[key] == value, key
    assert there.cost.bytes_read < there.cost.bytes_total // 300
    if several:
        assert there.cost.requests <= 12 + 2


@pytest.mark.parametrize("several", [True, False], ids=["several-ranges", "one-range"])
@pytest.mark.parametrize(
    "faults",
    [
        {"status": [500, 503, 429]},
        {"truncate": 3},
        {"status": [500] * 9999},
        {"truncate": 9999},
        {"wrong_range": True},
        {"no_ranges": True},
    ],
    ids=lambda faults: "-".join(f"{key}-{str(value)[:9]}" for key, value in faults.items()),
)
def test_faults_of_a_large_file_end_well_or_in_a_gap(standin, remote, monkeypatch, several, faults):
    from tests.build import sparse

    monkeypatch.setattr("ajar.sources._transport.BACKOFF_S", 0.001)
    files = {"pytorch_model.bin": sparse.torch_zip(640 << 20, storages=20), "README.md": card()}
    standin.add(TINY, files)
    expected = plain(remote(TINY, keep=False))
    heals = len(faults.get("status", [])) == 3 or faults.get("truncate") == 3
    own = {key: list(value) if isinstance(value, list) else value for key, value in faults.items()}
    standin.faults = replace(standin.faults, several_ranges=several, **own)
    report = remote(TINY, keep=False)
    if heals:
        assert plain(report) == expected
    else:
        assert report.safety.level == "unknown"
        assert any(gap.location.path.startswith("pytorch_model.bin") for gap in report.gaps)
