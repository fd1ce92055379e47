"""Small well-formed models of the formats that only the load-safety checks read, to be mutated."""

from __future__ import annotations

import json
import struct

from tests.build.flat import Number, flat, pte, tflite
from tests.build.hdf5 import Dataset, Group, hdf5, new_hdf5
from tests.build.protobuf import field, number
from tests.build.trees import catboost, lightgbm, ubjson, xgboost

_KERAS = {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 2}}]}}
_CONFIG = {"keras_version": b"2.15.0", "model_config": json.dumps(_KERAS).encode()}
_TREE = Group(
    {
        "w": Dataset((2, 2), filter_id=1),
        "e": Dataset((2,), external="raw.bin"),
        "v": Dataset((2,), virtual="part.h5"),
        "g": Group({"b": Dataset()}, {"a": b"words"}, loop=True),
    },
    _CONFIG,
    soft={"s": "/w"},
    external={"x": "part.h5"},
)
_VALUE = field(2, field(5, field(1, "@model_path/weights/weight.bin") + number(2, 64)))
_OPERATION = field(1, "const") + field(4, field(3, field(1, "relu"))) + field(5, field(1, "val") + _VALUE)
_FUNCTION = field(3, field(1, "CoreML5") + field(2, field(3, _OPERATION)))
_COREML = number(1, 8) + field(502, field(2, field(1, "main") + field(2, _FUNCTION)))
_LAYERS = field(500, field(1, field(1, "l") + field(500, field(10, "Mine"))))
_LINKED = field(556, field(1, field(1, field(1, "a")) + field(2, field(1, "b"))))
_OPERATOR = field(3, "load_combine") + field(4, field(1, "file_path") + number(2, 2) + field(5, "w"))
_PADDLE = field(1, number(1, 0) + number(2, -1) + field(4, _OPERATOR)) + field(4, number(1, 0))
_PIR = {
    "base_code": {"magic": "pir"},
    "program": {
        "ops": [{"#": "1.load_combine", "A": [{"N": "file_path", "AT": {"#": "0.a_str", "D": "w"}}]}]
    },
}
_CAFFE = field(1, "net") + field(100, field(2, "Python") + field(130, field(1, "mine") + field(2, "Layer")))
_SYMBOL = {"nodes": [{"op": "Custom", "name": "n", "inputs": []}], "arg_nodes": [0], "heads": [[0, 0, 0]]}
_ARRAY = struct.pack("<Iiiqq", 0xF993FAC9, 0, 2, 2, 3) + struct.pack("<iii", 1, 0, 0) + bytes(24)
_PARAMS = struct.pack("<QQQ", 0x112, 0, 1) + _ARRAY + struct.pack("<QQ", 1, 1) + b"w"
_EXPORTED = {
    "graph_module": {"nodes": [{"target": "torch.ops.aten.add.Tensor", "inputs": [{"expr_str": "s0 + 1"}]}]},
    "guards_code": ["x >= 2"],
}
_SCRIPT = (
    "class M(Module):\n  def forward(self: __torch__.M) -> Tensor:\n    return ops.mine.go(torch.relu(x))\n"
)
_LIBRARY = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, 62) + bytes(44)
_CONSTANT = (
    '<layer id="0" name="c" type="Const"><data element_type="f32" shape="2" offset="0" size="8"/></layer>'
)
_PART = {0: Number(8, 8), 1: Number(8, 8)}

MODEL_SEEDS: tuple[tuple[str, bytes], ...] = (
    ("tree.h5", hdf5(_TREE)),
    ("heaps.h5", new_hdf5({"x": "part.h5"}, _CONFIG)),
    ("custom.tflite", tflite(3, "FlexErf", "Mine", options=b"\x12\x08ReadFile", buffer={1: Number(8, 8), 2: Number(8, 8)})),
    ("model.pte", pte("aten::add", "mine::go", delegates=("XnnpackBackend", "Mine"), segment=(0, 8))),
    ("model.ptd", flat({0: Number(0), 1: [_PART]}, b"FT01")),
    ("program.mlmodel", _COREML),
    ("network.mlmodel", number(1, 8) + _LAYERS + _LINKED),
    ("Manifest.json", b'{"itemInfoEntries": {"A": {"path": "../x"}}}'),
    ("model.mil", b'program(1.0) { x = custom_layer(path = string("@model_path/../w")); }'),
    ("model.espresso.net", b'{"layers": [{"type": "custom", "class_name": "X"}], "storage": "../x"}'),
    ("inference.pdmodel", _PADDLE),
    ("inference.json", json.dumps(_PIR).encode()),
    ("model-symbol.json", json.dumps(_SYMBOL).encode()),
    ("model-0000.params", _PARAMS),
    ("net.caffemodel", _CAFFE),
    ("deploy.prototxt", b'layer { type: "Python" python_param { module: "mine" layer: "Go" } source: "/x" }\n'),
    ("net.ncnn.param", b"7767517\n2 2\nInput data 0 1 data\nMine r 1 1 data out\n"),
    ("xgboost.json", json.dumps(xgboost()).encode()),
    ("xgboost.ubj", ubjson(xgboost())),
    ("lightgbm.txt", lightgbm().encode()),
    ("model.cbm", catboost()),
    ("catboost.json", b'{"features_info": {}, "oblivious_trees": [{"splits": [{}], "leaf_values": [1, 2]}]}'),
    ("m.pt2!/m/models/model.json", json.dumps(_EXPORTED).encode()),
    ("m.pt!/m/code/__torch__.py", _SCRIPT.encode()),
    ("model.engine", b"ftrt" + bytes(20) + _LIBRARY),
    ("m/config.pbtxt", b'backend: "python"\ndefault_model_filename: "../x"\nruntime: "/x.so"\n'),
    ("yolo.weights", struct.pack("<iiiq", 0, 2, 5, 1) + bytes(16)),
    ("constants.xml", f'<?xml version="1.0"?>\n<net name="m" version="11"><layers>{_CONSTANT}</layers></net>\n'.encode()),
)  # fmt: skip
