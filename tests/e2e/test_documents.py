"""Documents as a user asks for them: real command, real files, several targets, hosts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import yaml

from ajar.cli.outputs import OUTPUTS, OWN
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar
from tests.unit.reports.conftest import schema
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures
from tests.unit.test_chain import model

DOCUMENTS = [output for output in OUTPUTS if output.id not in OWN]
READERS = {
    ".json": json.loads,
    ".sarif": json.loads,
    ".xml": ET.fromstring,
    ".svg": ET.fromstring,
    ".yml": yaml.safe_load,
    ".yaml": yaml.safe_load,
    ".csv": lambda text: list(csv.reader(io.StringIO(text))),
    ".md": str.splitlines,
    ".txt": str.splitlines,
}


def dangerous(root: Path) -> Path:
    write_release(root)
    (root / "model.pkl").write_bytes(b"cos\nsystem\n(S'id'\ntR.")
    return root


@pytest.mark.parametrize("output", DOCUMENTS, ids=lambda output: output.id)
def test_every_document_to_a_file(output, tmp_path: Path) -> None:
    root = dangerous(tmp_path / "tiny")
    path = tmp_path / f"out{output.suffix}"
    written = ajar("audit", root, "--format", output.id, "--output", path)
    assert (written.returncode, written.stdout, written.stderr) == (0, "", "")
    text = path.read_text("utf-8")
    assert READERS[Path(f"x{output.suffix}").suffix](text)
    assert str(tmp_path) not in text.replace(str(root), "")


@pytest.mark.parametrize("output", DOCUMENTS, ids=lambda output: output.id)
def test_several_targets(output, tmp_path: Path) -> None:
    roots = [dangerous(tmp_path / name) for name in ("one", "two")]
    done = ajar("audit", *roots, "--format", output.id)
    if not output.several:
        assert done.returncode == 2
        assert "one release" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    assert READERS[Path(f"x{output.suffix}").suffix](done.stdout)
    assert "one" in done.stdout
    assert "two" in done.stdout


def test_the_exit_code_is_the_audit_s(tmp_path: Path) -> None:
    root = dangerous(tmp_path / "tiny")
    done = ajar("audit", root, "--format", "sarif", "--fail-on", "critical")
    assert done.returncode == 1
    assert json.loads(done.stdout)["version"] == "2.1.0"


def test_nothing_to_state_writes_nothing(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny", licence=apache_text())
    done = ajar("audit", root, "--format", "openvex", "--output", tmp_path / "out.json")
    assert done.returncode == 0
    assert "nothing to say in openvex" in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_findings_of_a_host_stand_where_the_project_names_the_model(
    standin,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standin.add("org/one", model())
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text('# loads\nAutoModel.from_pretrained("org/one")\n')
    monkeypatch.chdir(tmp_path)
    for arguments in (("org/one",), ("--from", "src"), ("--from", "src/app.py")):
        done = ajar("audit", *arguments, "--format", "sarif")
        document = json.loads(done.stdout)
        jsonschema_rs.validator_for(schema("sarif-2.1.0.json")).validate(document)
        results = document["runs"][0]["results"]
        assert results
        for result in results:
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"] == {"uri": "src/app.py", "uriBaseId": "%SRCROOT%"}
            assert place["region"] == {"startLine": 2}
    marks = ajar("audit", "--from", "src", "--format", "github-annotations").stdout
    assert "file=src/app.py,line=2," in marks


def test_a_time_that_is_none(tmp_path: Path) -> None:
    root = write_release(tmp_path / "tiny")
    done = ajar("audit", root, "--format", "junit", SOURCE_DATE_EPOCH="yesterday")
    assert done.returncode == 2
    assert "SOURCE_DATE_EPOCH" in done.stderr


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    done = ajar("audit", tmp_path, "--format", "pdf")
    assert done.returncode == 2
    assert "pdf" in done.stderr
    assert "sarif" in done.stderr
