import io
import json
import zipfile

import pytest

from ajar.errors import MalformedError
from ajar.formats.keras_zip import FORMAT
from tests.build.observing import look


def keras(config, metadata=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("metadata.json", json.dumps(metadata or {"keras_version": "3.4.1"}))
        if config is not None:
            made.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
    return out.getvalue()


LAYERS = {
    "class_name": "Sequential",
    "config": {"layers": [{"class_name": "Dense"}, {"class_name": "Dense"}]},
}


def test_class_version_layers():
    seen = look(FORMAT, keras(LAYERS), "m.keras")
    assert seen.one("weights.architecture") == "Sequential"
    assert seen.one("weights.keras-version") == "3.4.1"
    assert seen.one("weights.layer-count") == 3
    assert seen.all("weights.lambda-layer") == []


def test_a_lambda_layer_shows_wherever_it_hides():
    config = {"class_name": "Functional", "config": {"a": [{"b": {"class_name": "Lambda"}}]}}
    assert look(FORMAT, keras(config), "m.keras").one("weights.lambda-layer") is True


@pytest.mark.parametrize("config", [None, "[]", "{", '{"a":' * 60_000])
def test_configurations_that_are_none(config):
    with pytest.raises(MalformedError):
        look(FORMAT, keras(config), "m.keras")


def test_cut():
    data = keras(LAYERS)
    with pytest.raises(MalformedError):
        look(FORMAT, data[:-10], "m.keras")
