"""The command as a user runs it: real process, real files, real exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest

from tests.build.releases import apache_text, write_release


def ajar(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ajar", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


def audit_json(target: Path, *arguments: str) -> dict:
    done = ajar("audit", target, "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "tiny", licence=apache_text())


def test_the_json_report_holds_to_its_schema(release: Path) -> None:
    from importlib.resources import files

    schema = json.loads((files("ajar.reports") / "schema" / "ajar-report-1.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(audit_json(release))


def test_open_weights_with_the_text_are_proven(release: Path) -> None:
    report = audit_json(release)
    assert report["door"]["at_least"] == "ajar"
    assert report["safety"]["level"] == "clean"
    weights = next(item for item in report["components"] if item["kind"] == "final-parameters")
    assert (weights["state"], weights["files"]) == ("verified", ["model.safetensors"])


def test_a_tag_without_the_text_is_only_declared(tmp_path: Path) -> None:
    report = audit_json(write_release(tmp_path / "tiny"))
    assert report["door"]["at_least"] == "chained"
    assert report["door"]["at_most"] == "ajar"
    assert not report["door"]["certain"]
    assert "Apache-2.0" in " ".join(report["door"]["moved_by"])
    assert "weights-licence-text-is-present" in {finding["rule"] for finding in report["findings"]}


def test_archives_say_the_same_as_the_folder(release: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(release.iterdir()):
            archive.write(path, path.name)
    with tarfile.open(tmp_path / "tiny.tar", "w") as archive:
        archive.add(release, arcname=".")
    with tarfile.open(tmp_path / "tiny.tar.gz", "w:gz") as archive:
        archive.add(release, arcname=".")
    folder = audit_json(release)
    for name in ("tiny.zip", "tiny.tar", "tiny.tar.gz"):
        packed = audit_json(tmp_path / name)
        for key in ("door", "components", "licences", "verdicts", "claims"):
            assert _plain(packed[key]) == _plain(folder[key]), (name, key)


def _plain(value: object) -> str:
    """As text, with the marks of where in an archive a path stands taken out."""
    import re

    return re.sub(r'"[^"]*!/', '"', json.dumps(value, sort_keys=True)).replace("./", "")


def test_the_card_fits_eighty_columns_and_has_no_escapes(release: Path) -> None:
    done = ajar("audit", release, COLUMNS="80")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Open Weights AI" in done.stdout


def test_html_is_one_file_that_asks_for_nothing(release: Path, tmp_path: Path) -> None:
    done = ajar("audit", release, "--html", tmp_path / "report.html")
    assert done.returncode == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Open Weights AI" in page
    assert "<script" not in page
    assert 'src="http' not in page


def test_explain_ties_verdicts_to_lines(release: Path) -> None:
    done = ajar("audit", release, "--explain")
    assert "LICENSE" in done.stdout
    assert "weights-under-open-licence" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["audit", "/no/such/path"], 3, "no such file"),
        (["audit"], 2, "no target"),
        (["audit", ".", "--fail-on", "nonsense"], 2, "nonsense"),
        (["explain", "wide-opn"], 2, "wide-open"),
        (["nonsense"], 2, "No such command"),
        (["audit", "gopher:org/name"], 2, "not supported"),
    ],
)
def test_mistakes_are_named(arguments: list[str], code: int, words: str) -> None:
    done = ajar(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_thresholds_set_the_exit_code(release: Path) -> None:
    assert ajar("audit", release, "--fail-on", "ajar").returncode == 0
    assert ajar("audit", release, "--fail-on", "open").returncode == 1
    (release / "extra.safetensors").write_bytes(b"\xff\xff\xff\xff\xff\xff\xff\x7f{")
    assert ajar("audit", release, "--strict").returncode == 4


def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here is a model\n")
    done = ajar("audit", tmp_path)
    assert done.returncode == 3
    assert "no model" in done.stderr
    assert "weights" in done.stderr


def test_every_listed_id_can_be_explained() -> None:
    listed = ajar("instruments")
    assert listed.returncode == 0
    for instrument in ("g7", "mof", "osaid", "eu-ai-act", "osai", "solaiman"):
        assert instrument in listed.stdout
        assert ajar("explain", instrument).returncode == 0


def test_a_pipe_that_closes_early_is_no_error(release: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m ajar audit {release} --format json | head -c 10",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr


RECORD = """\
framework: {name: "Model Openness Framework", version: "1.0", date: "2024-12-15"}
release:
  name: "A record \\u202e with a turn"
  version: "1"
  date: "2024-01-01"
  license: {}
  type: language
  architecture: transformer
  origin: none
  producer: nobody
  contact: ""
  components: []
"""


def test_a_record_is_judged_and_its_name_cannot_turn_the_line(tmp_path: Path) -> None:
    (tmp_path / "record.yml").write_text(RECORD)
    done = ajar("evaluate", tmp_path / "record.yml")
    assert done.returncode == 0, done.stderr
    assert "osaid" in done.stdout
    assert "\u202e" not in done.stdout


def test_a_record_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "record.yml").write_text("- no record\n")
    done = ajar("evaluate", tmp_path / "record.yml")
    assert done.returncode == 2
    assert "record.yml" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_named() -> None:
    done = subprocess.run(
        f"{sys.executable} -m ajar instruments > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "No space left" in done.stderr


def test_a_fault_of_ajar_itself_is_said_as_such(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from ajar import cli

    monkeypatch.setattr("sys.argv", ["ajar", "instruments"])
    monkeypatch.setattr("ajar.cli.explaining.list_instruments", lambda: 1 / 0)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 5
    assert "a fault in ajar itself: ZeroDivisionError" in capsys.readouterr().err
