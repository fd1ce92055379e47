"""Compiled models, serving folders, and files of numbers."""

from __future__ import annotations

import struct

import pytest

from ajar.blobs import SliceBlob
from ajar.config import Limits
from ajar.safety import scan
from tests.build.observing import ObservingBlob
from tests.build.zips import zipped


def elf(machine: int, kind: int = 3) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", kind, machine) + bytes(44)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"ftrt" + bytes(200), "model.engine"),
        (b"ptrt" + bytes(200), "renamed.bin"),
        (struct.pack("<I", 12) + b'{"names": 1}' + b"ftrt" + bytes(200), "yolo.engine"),
        (b"\x01\x02\x03\x04" + bytes(200), "model.plan"),
        (b"RKNN" + bytes(200), "m.rknn"),
        (b"\x18\0\0\0RKNN" + bytes(200), "m.bin"),
        (b"IMOD" + bytes(200), "m.om"),
        (b"\x01HEF" + bytes(200), "m.hef"),
        (b"\x0c\0\0\0NETD" + bytes(200), "m.dlc"),
        (zipped({"model": b"x" * 40, "dlc.metadata": b"model-version=1"}), "m.dlc"),
        (b"\0\0\0\x02\0\0\0\x03\0\0\0\0\0\0\0\x01" + bytes(200), "context.bin"),
        (b"\x50\xed\x55\xba" + bytes(200), "kernels.fatbin"),
        (b"\x01\x02\x03\x04" + bytes(200), "cache.blob"),
    ],
)
def test_compiled_models_are_never_clean(look, data, name):
    found = look(data, name)
    assert found.level == "caution"
    assert "model-holds-no-native-code" in {item.rule for item in found.findings}


def test_a_library_inside_an_engine_is_named_and_a_kernel_is_not(look):
    kernel = look(b"ftrt" + bytes(100) + elf(190), "m.engine")
    assert [item.message.startswith("byte") for item in kernel.findings] == [False]
    plugin = look(b"ftrt" + bytes(100) + elf(62), "m.engine")
    assert any("byte 104: a shared library for x86-64" in item.message for item in plugin.findings)


@pytest.mark.parametrize("name", ["m.mnn", "m.ms"])
def test_graphs_that_are_not_looked_into_are_unknown(look, name):
    assert look(b"\x18\0\0\0MSL2" + bytes(100), name).level == "unknown"
    assert look(b"\x18\0\0\0\x01\x02\x03\x04" + bytes(100), name).level == "unknown"


def test_words_that_begin_with_the_same_letters(look):
    assert (
        look("RKNN is a format of Rockchip, says this text at some length, and more of it.\n", "a.txt").level
        == "clean"
    )


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('name: "m"\nplatform: "onnxruntime_onnx"\n', "clean"),
        ('name: "m"\nbackend: "python"\n', "caution"),
        ('name: "m"\nbackend: "mine"\n', "caution"),
        ('backend: "onnxruntime"\nruntime: "../../tmp/x.so"\n', "dangerous"),
        ('backend: "onnxruntime"\ndefault_model_filename: "../../etc/passwd"\n', "dangerous"),
        ('backend: "onnxruntime"\ndefault_model_filename: "model.onnx"\n', "clean"),
        ('parameters: { key: "EXECUTION_ENV_PATH", value: {string_value: "$$TRITON_MODEL_DIRECTORY/e.tar.gz"} }', "clean"),
        ('parameters: { key: "EXECUTION_ENV_PATH", value: {string_value: "$$TRITON_MODEL_DIRECTORY/../e.tar.gz"} }', "dangerous"),
        ('parameters: { key: "gpt_model_path", value: {string_value: "/models/engine"} }', "caution"),
    ],
)  # fmt: skip
def test_triton(look, text, level):
    assert look(text, "m/config.pbtxt").level == level


def arrays(*made: bytes, names: int | None = None) -> bytes:
    count = len(made) if names is None else names
    labels = b"".join(struct.pack("<Q", 1) + b"w" for _ in range(count))
    return struct.pack("<QQQ", 0x112, 0, len(made)) + b"".join(made) + struct.pack("<Q", count) + labels


def dense(*shape: int, magic: int = 0xF993FAC9, kind: int = 0, numbers: int | None = None) -> bytes:
    count = 1
    for extent in shape:
        count *= extent
    head = struct.pack("<Ii", magic, 0) + struct.pack(f"<i{len(shape)}q", len(shape), *shape)
    return head + struct.pack("<iii", 1, 0, kind) + bytes(4 * (count if numbers is None else numbers))


def sparse() -> bytes:
    head = struct.pack("<Iiiqq", 0xF993FAC9, 1, 2, 2, 3) + struct.pack("<iqq", 2, 9, 3)
    return head + struct.pack("<iii", 1, 0, 0) + struct.pack("<iiq", 6, 1, 2) + bytes(24) + bytes(16)


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (arrays(dense(2, 3), dense(4)), "clean"),
        (arrays(dense(2, 3, magic=0xF993FACA)), "clean"),
        (arrays(struct.pack("<IIIiii", 2, 2, 3, 1, 0, 0) + bytes(24)), "clean"),
        (arrays(struct.pack("<IIqiii", 0xF993FAC8, 1, 6, 1, 0, 0) + bytes(24)), "clean"),
        (arrays(sparse()), "clean"),
        (arrays(dense(2, 3), names=0), "clean"),
        (arrays(dense(2, 3), names=5), "unknown"),
        (arrays(dense(2**40, 2**40, numbers=1)), "unknown"),
        (arrays(dense(2, kind=99)), "unknown"),
        (struct.pack("<QQQ", 0x112, 0, 2**62), "unknown"),
        (arrays(dense(2, 3)) + b"behind", "caution"),
        (arrays(dense(2, 3))[:50], "unknown"),
    ],
)
def test_mxnet_arrays(look, data, level):
    assert look(data, "model-0000.params").level == level


def test_darknet(look):
    head = struct.pack("<iiiq", 0, 2, 5, 32013312)
    assert look(head + bytes(400), "yolo.weights").level == "clean"
    assert look(head + bytes(401), "yolo.weights").level == "unknown"
    assert look(head[:10], "yolo.weights").level == "unknown"


def ir(data: str) -> str:
    return f'<?xml version="1.0"?>\n<net name="m" version="11"><layers><layer id="0" name="c" type="Const" version="opset1">\n<data {data}/></layer></layers></net>\n'


@pytest.mark.parametrize(
    ("data", "level"),
    [
        ('element_type="f32" shape="2, 3" offset="0" size="24"', "clean"),
        ('element_type="i4" shape="3" offset="0" size="2"', "clean"),
        ('element_type="f8e4m3" shape="3" offset="0" size="3"', "clean"),
        ('element_type="boolean" shape="" offset="0" size="1"', "clean"),
        ('element_type="string" shape="2" offset="0" size="40"', "clean"),
        ('element_type="f32" shape="2, 3" offset="0" size="2400"', "unknown"),
        ('element_type="f32" shape="2, 3" offset="-8" size="24"', "unknown"),
        ('element_type="f32" shape="2, 3" offset="9223372036854775800" size="24"', "unknown"),
    ],
)
def test_openvino_constants(look, data, level):
    assert look(ir(data), "openvino_model.xml").level == level


def test_an_engine_of_gigabytes_is_searched_in_windows():
    blob = ObservingBlob(b"ftrt", 1 << 33)
    found = scan("m.engine", SliceBlob(blob, 0, 1 << 33), Limits())
    assert found.level == "caution"
    assert blob.bytes_read < 300 << 20
