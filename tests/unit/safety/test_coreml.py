"""Core ML: custom layers and models, linked models, weights and items that lead out."""

from __future__ import annotations

import json

import pytest

from tests.build.protobuf import field, number


def model(*parts: bytes) -> bytes:
    return number(1, 8) + b"".join(parts)


def network(*layers: bytes) -> bytes:
    return field(500, b"".join(field(1, field(1, "l") + layer) for layer in layers))


def program(operator: str, path: str = "@model_path/weights/weight.bin", inner: str = "") -> bytes:
    value = field(5, field(1, path) + number(2, 64))
    nested = field(4, field(3, field(1, inner))) if inner else b""
    operation = field(1, operator) + nested + field(5, field(1, "val") + field(2, value))
    block = field(3, operation)
    function = field(3, field(1, "CoreML5") + field(2, block))
    return field(502, number(1, 1) + field(2, field(1, "main") + field(2, function)))


def linked(name: str, place: str = "") -> bytes:
    return field(556, field(1, field(1, field(1, name)) + field(2, field(1, place))))


CUSTOM = field(500, field(10, "MyLayer"))
RELU = field(130, field(10, b""))


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (model(network(RELU)), "clean"),
        (model(network(RELU, CUSTOM)), "caution"),
        (model(network(field(615, field(4, field(1, CUSTOM))))), "caution"),
        (model(field(202, field(1, model(network(CUSTOM))))), "caution"),
        (model(field(200, field(1, field(1, model(field(555, field(10, "Mine"))))))), "caution"),
        (model(linked("other.mlmodel")), "caution"),
        (model(linked("../../other.mlmodel")), "dangerous"),
        (model(linked("other.mlmodel", "/Library")), "dangerous"),
        (model(program("const")), "clean"),
        (model(program("const", "@model_path/../../etc/passwd")), "dangerous"),
        (model(program("const", "/etc/passwd")), "dangerous"),
        (model(program("custom_layer")), "caution"),
        (model(program("cond", inner="custom_layer")), "caution"),
        (network(RELU, CUSTOM) + number(1, 8), "caution"),
        (model(network(RELU))[:-2], "unknown"),
    ],
)
def test_protobuf(look, made, level):
    assert look(made, "m.mlmodel").level == level


def manifest(path: str) -> str:
    entry = {"author": "com.apple.CoreML", "name": "model.mlmodel", "path": path}
    return json.dumps(
        {"fileFormatVersion": "1.0.0", "itemInfoEntries": {"A": entry}, "rootModelIdentifier": "A"}
    )


@pytest.mark.parametrize(
    ("text", "name", "level"),
    [
        (manifest("com.apple.CoreML/model.mlmodel"), "Manifest.json", "clean"),
        (manifest("../../elsewhere"), "Manifest.json", "dangerous"),
        (manifest("a")[:-9], "Manifest.json", "unknown"),
        ('{"short_name": "app", "icons": []}', "manifest.json", "clean"),
        ('program(1.0) { x = const(val = BLOBFILE(path = string("@model_path/weights/w.bin"), offset = uint64(64)));', "model.mil", "clean"),
        ('program(1.0) { x = const(val = BLOBFILE(path = string("@model_path/../w.bin"), offset = uint64(64)));', "model.mil", "dangerous"),
        ('program(1.0) { x = const(val = BLOBFILE(path = tensor<string, []>("/etc/passwd")));', "model.mil", "dangerous"),
        ("tensor<fp32, [1]> y = custom_layer(a = x);", "model.mil", "caution"),
        ('{"layers": [{"type": "convolution"}], "storage": "model.espresso.weights"}', "model.espresso.net", "clean"),
        ('{"layers": [{"type": "custom", "class_name": "X"}]}', "model.espresso.net", "caution"),
        ('{"layers": [], "storage": "../x"}', "model.espresso.net", "dangerous"),
        ('{"layers": [', "model.espresso.net", "unknown"),
    ],
)  # fmt: skip
def test_packages_and_compiled_models(look, text, name, level):
    assert look(text, name).level == level
