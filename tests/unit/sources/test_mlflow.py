"""Models of MLflow's registry: a stand-in always, and MLflow's own server where it is installed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ajar
from ajar.errors import TargetNotFound, TargetUnreadable, UsageError
from tests.build.pickles import command as calling
from tests.build.releases import apache_text
from tests.e2e.test_command_line import ajar as command
from tests.standin import mlflow as stand
from tests.unit.sources.test_hub import plain, safetensors
from tests.unit.sources.test_store import content, s3, s3_server  # noqa: F401  fixtures

TEXT = (
    "flavors:\n  python_function:\n    code: code\n    loader_module: mlflow.pyfunc.model\n"
    "    python_model: python_model.pkl\nmodel_uuid: {}\n"
)


@pytest.fixture(autouse=True)
def _nobody_s_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(("MLFLOW_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AJAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / "code").mkdir(parents=True)
    (made / "MLmodel").write_text(TEXT.format("one"))
    (made / "python_model.pkl").write_bytes(calling(2))
    (made / "code" / "helper é.py").write_text("import os\n")
    (made / "requirements.txt").write_text("numpy==2.0\n")
    (made / "LICENSE").write_text(apache_text())
    return made


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[stand.Standin]:
    with stand.standin() as made:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", made.endpoint)
        yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stand.Server]:
    if not stand.MLFLOW:
        pytest.skip("MLflow is not installed (800 MB): pip install mlflow, and MLFLOW=…/bin/mlflow")
    with stand.server(tmp_path_factory.mktemp("mlflow") / "server") as made:
        yield made


@pytest.fixture(params=["there", "running"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    found = request.getfixturevalue(request.param)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", found.endpoint)
    return found


# what a server does


def test_the_same_report_as_of_the_folder(either, folder, remote):
    either.put(either.place("7"), content(folder))
    version = either.register("tiny", f"mlflow-artifacts:/{either.place('7')}", alias="champion")
    report = remote("models:/tiny@champion")
    assert (str(report.release.locator), report.release.revision) == (f"models:/tiny/{version}", version)
    for found in (report, remote(f"models:/tiny/{version}")):
        assert found.safety.level == "dangerous"
        there, here = plain(found), plain(ajar.audit(folder))
        for key, value in here.items():
            assert there[key] == value, key


def test_by_the_command(either, folder):
    either.put(either.place("8"), content(folder))
    version = either.register("by-command", f"mlflow-artifacts:/{either.place('8')}")
    found = json.loads(command("audit", f"models:/by-command/{version}", "--format", "json").stdout)
    here = json.loads(command("audit", folder, "--format", "json").stdout)
    for key in ("door", "components", "licences", "safety"):
        assert found[key] == here[key]


def test_a_large_file_by_range(either, remote):
    large = safetensors(16 << 20)
    files = {"MLmodel": TEXT.format("two").encode(), "model.safetensors": large.read(0, large.size)}
    either.put(either.place("9"), files)
    version = either.register("large", f"mlflow-artifacts:/{either.place('9')}")
    report = remote(f"models:/large/{version}")
    assert report.cost.bytes_read < 1 << 20
    assert any(item.format == "safetensors" for item in report.files)


def test_offline_and_a_model_that_is_logged_anew(either, folder, remote):
    either.put(either.place("10"), content(folder))
    version = either.register("again", f"mlflow-artifacts:/{either.place('10')}")
    online = remote(f"models:/again/{version}")
    offline = remote(f"models:/again/{version}", offline=True)
    assert plain(offline) == plain(online)
    assert offline.cost.requests == 0
    changed = folder / "code" / "helper é.py"
    changed.write_text("import os\n"[::-1])
    (folder / "MLmodel").write_text(TEXT.format("new"))
    either.put(either.place("10"), content(folder))
    assert plain(remote(f"models:/again/{version}")) == plain(ajar.audit(folder))


def test_what_is_not_there(either, remote):
    for target in ("models:/none/1", "models:/none@champion"):
        with pytest.raises(TargetNotFound):
            remote(target)


# a server that is odd, or hostile


def test_logged_models_and_runs(there, folder, remote):
    there.put(f"0/models/{stand.MODEL}/artifacts", content(folder))
    there.put(f"0/{stand.RUN}/artifacts", {"plots/a.txt": b"words\n", "b.txt": b"more\n"})
    assert len(remote(f"models:/{stand.MODEL}").files) == 5
    assert len(remote(f"runs:/{stand.RUN}/model").files) == 5
    assert [item.path for item in remote(f"runs:/{stand.RUN}/model/code").files] == ["helper é.py"]
    assert {item.path for item in remote(f"runs:/{stand.RUN}").files} == {"plots/a.txt", "b.txt"}
    assert [item.path for item in remote(f"runs:/{stand.RUN}/plots").files] == ["a.txt"]
    assert [item.path for item in remote(f"models:/{stand.MODEL}//code").files] == ["helper é.py"]
    with pytest.raises(TargetNotFound):
        remote(f"runs:/{stand.RUN}/none")
    with pytest.raises(TargetNotFound):
        remote(f"runs:/{'12' * 16}")


def test_what_the_server_says_is_declared(there, folder, remote):
    there.put("7/x", content(folder))
    there.register("tiny", "mlflow-artifacts:/7/x")
    found = {item.key: item for item in remote("models:/tiny/1").evidence if item.key.startswith("host.")}
    assert {key: item.value for key, item in found.items()} == {
        "host.created": "2026-01-02T03:04:05Z",
        "host.last-modified": "2026-01-02T03:04:05Z",
        "host.licence": "mit",
    }
    assert {item.basis for item in found.values()} == {"declared"}


def test_artefacts_in_a_store(there, s3, folder, remote):  # noqa: F811
    s3.put(content(folder, "runs/x/"))
    there.register("stored", "s3://models/runs/x")
    report = remote("models:/stored/1")
    assert (str(report.release.locator), report.release.revision) == ("models:/stored/1", "1")
    assert plain(report)["files"] == plain(ajar.audit(folder))["files"]
    assert any(item.key == "host.licence" for item in report.evidence)
    assert report.cost.requests >= 3 + 1 + len(report.files) - 1


@pytest.mark.parametrize(
    "uri",
    [
        "/srv/mlruns/1",
        "file:/srv/mlruns/1",
        "dbfs:/x",
        "mlflow-artifacts://elsewhere.invalid/x",
        "http://x/y",
    ],
)
def test_artefacts_that_the_server_does_not_hand_out(there, remote, uri):
    there.register("kept", uri)
    with pytest.raises(TargetUnreadable, match="does not hand out"):
        remote("models:/kept/1")


def test_credentials(there, folder, remote, monkeypatch):
    there.put("7/x", content(folder))
    there.register("tiny", "mlflow-artifacts:/7/x")
    there.wanted_word = f"Basic {base64.b64encode(b'me:secret').decode()}"
    with pytest.raises(TargetUnreadable) as caught:
        remote("models:/tiny/1")
    assert "MLFLOW_TRACKING_TOKEN" in caught.value.hint
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "me")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "secret")
    assert remote("models:/tiny/1").files
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "word")
    there.wanted_word = "Bearer word"
    assert remote("models:/tiny/1").files


def test_rows_that_are_none(there, folder, remote):
    there.put("7/x", {**content(folder), "..": b"x"})
    there.register("tiny", "mlflow-artifacts:/7/x")
    assert [gap.detail for gap in remote("models:/tiny/1").gaps if gap.inspector == "mlflow"] == [
        "the server lists a name that is none"
    ]
    there.file_row = {"file_size": "many"}
    with pytest.raises(TargetNotFound):
        remote("models:/tiny/1")


@pytest.mark.parametrize(
    "target",
    [
        "models:tiny",
        "models:/a/b/c",
        "models:/tiny/1//../x",
        "runs:/abcdef0123456789/../x",
        "models:/tiny",
        "models:/tiny/1@x",
        "runs:/xyz",
    ],
)
def test_what_is_no_name(there, remote, target):
    with pytest.raises(UsageError):
        remote(target)


@pytest.mark.parametrize("address", ["", "databricks", "sqlite:///mlflow.db", "https://"])
def test_no_server(monkeypatch, remote, address):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    with pytest.raises(UsageError, match="MLFLOW_TRACKING_URI"):
        remote("models:/tiny/1")
