"""Paddle, MXNet, TVM, Caffe and ncnn: operators that run code or reach files."""

from __future__ import annotations

import json
import pickle

import pytest

from tests.build.protobuf import field, number


def program(*operators: tuple[str, str], nested: bool = False) -> bytes:
    rows = b"".join(
        field(4, field(1, b"") + field(3, kind) + (field(4, field(1, "file_path") + number(2, 2) + field(5, path)) if path else b""))
        for kind, path in operators
    )  # fmt: skip
    first = field(1, number(1, 0) + number(2, -1) + (field(4, field(3, "while")) if nested else rows))
    return first + (field(1, number(1, 1) + number(2, 0) + rows) if nested else b"") + field(4, number(1, 0))


@pytest.mark.parametrize(
    ("operators", "level"),
    [
        ([("conv2d", ""), ("relu", "")], "clean"),
        ([("conv2d", ""), ("py_func", "")], "dangerous"),
        ([("load_combine", "weights")], "caution"),
        ([("load", "../../etc/passwd")], "dangerous"),
        ([("save_combine", "x")], "dangerous"),
        ([("listen_and_serv", "")], "dangerous"),
        ([("tensorrt_engine", "")], "caution"),
        ([("custom_relu", "")], "caution"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_paddle(look, operators, level, nested):
    data = program(*operators, nested=nested)
    assert look(data, "inference.pdmodel").level == level
    assert look(data, "renamed.dat").level == level
    assert look(data[: len(data) - 3], "inference.pdmodel").level != "clean"


def test_a_paddle_program_without_operators_is_unknown(look):
    assert look(b"\x08\x01", "inference.pdmodel").level == "unknown"


def pir(name: str, path: str = "") -> str:
    attributes = [{"N": "file_path", "AT": {"#": "0.a_str", "D": path}}] if path else []
    operation = {"#": f"1.{name}", "A": attributes, "I": [], "O": []}
    block = {"#": "block_0", "args": [], "ops": [operation]}
    tree = {
        "base_code": {"magic": "pir", "version": 1},
        "program": {"regions": [{"#": "region_0", "blocks": [block]}]},
    }
    return json.dumps(tree)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (pir("conv2d"), "clean"),
        (pir("py_func"), "dangerous"),
        (pir("save_combine_", "/tmp/x"), "dangerous"),
        (pir("load_combine", "../x"), "dangerous"),
        (pir("conv2d")[:-3], "unknown"),
    ],
)
def test_paddle_in_json(look, text, level):
    assert look(text, "inference.json").level == level


def test_paddle_weights_that_are_a_pickle(look):
    plain = {"linear.weight": [1.0], "StructuredToParameterName@@": {"linear.weight": "linear_0.w_0"}}
    assert look(pickle.dumps(plain, 2), "model.pdparams").level == "clean"
    # A tensor is stored as `tuple((name, array))`.
    reduced = b"\x80\x02}X\x01\x00\x00\x00wc__builtin__\ntuple\nX\x03\x00\x00\x00w_0K\x01\x86\x85Rs."
    assert look(reduced, "model.pdparams").level == "clean"


def symbol(*operators: str) -> str:
    nodes = [
        {"op": name, "name": f"n{at}", "attrs": {}, "inputs": []}
        for at, name in enumerate(("null", *operators))
    ]
    return json.dumps({"nodes": nodes, "arg_nodes": [0], "heads": [[len(nodes) - 1, 0, 0]]}, indent=2)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (symbol("Convolution", "_CrossDeviceCopy"), "clean"),
        (symbol("Convolution", "Custom"), "caution"),
        (symbol("_Native"), "dangerous"),
        (symbol("_NDArray"), "dangerous"),
        (symbol("_cvimread"), "dangerous"),
        (symbol("tvm_op"), "caution"),
        (symbol("_Native").replace("nodes", "\\u006eodes"), "dangerous"),
        (symbol("Convolution")[:-5], "unknown"),
    ],
)
def test_mxnet_symbols(look, text, level):
    assert look(text, "model-symbol.json").level == level


def caffe(*layers: bytes) -> bytes:
    return field(1, "net") + b"".join(field(100, field(1, "l") + layer) for layer in layers)


PYTHON = 'layer { name: "p" type: "Python" python_param { module: "%s" layer: "%s" } }'


@pytest.mark.parametrize(
    ("made", "name", "level"),
    [
        (caffe(field(2, "ReLU")), "m.caffemodel", "clean"),
        (
            caffe(field(2, "Python") + field(130, field(1, "mine") + field(2, "Layer"))),
            "m.caffemodel",
            "caution",
        ),
        (
            caffe(field(2, "Python") + field(130, field(1, "os") + field(2, "system"))),
            "m.caffemodel",
            "dangerous",
        ),
        (caffe(field(2, "HDF5Data") + field(112, field(1, "/data/x.txt"))), "m.caffemodel", "caution"),
        (caffe(field(2, "HDF5Output") + field(113, field(1, "out.h5"))), "m.caffemodel", "caution"),
        (caffe(field(2, "ReLU"))[:-2], "m.caffemodel", "unknown"),
        ('layer { name: "r" type: "ReLU" }\n', "deploy.prototxt", "clean"),
        (PYTHON % ("mine", "Layer"), "deploy.prototxt", "caution"),
        (PYTHON % ("os", "system"), "deploy.prototxt", "dangerous"),
        (
            'layer { type: "ImageData" image_data_param { source: "/data/list.txt" } }',
            "train.prototxt",
            "caution",
        ),
        ('layer { type: "Data" data_param { source: "train_lmdb" } }', "train.prototxt", "clean"),
    ],
)
def test_caffe(look, made, name, level):
    assert look(made, name).level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("7767517\n2 2\nInput data 0 1 data\nReLU r 1 1 data out\n", "clean"),
        ("7767517\n2 2\npnnx.Input data 0 1 x\nnn.Conv2d c 1 1 x y\n", "clean"),
        ("7767517\n2 2\nInput data 0 1 data\nMyLayer r 1 1 data out\n", "caution"),
        ("7767517\n3 2\nInput data 0 1 data\nReLU r 1 1 data out\n", "unknown"),
        ("7767517\nInput data 0 1 data\n", "unknown"),
    ],
)
def test_ncnn(look, text, level):
    assert look(text, "model.ncnn.param").level == level
