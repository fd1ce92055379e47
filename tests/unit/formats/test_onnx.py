import pytest

from ajar.errors import MalformedError
from ajar.formats.onnx import FORMAT
from tests.build.observing import look


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def number(n, value):
    return varint(n << 3) + varint(value)


def model(*tensors, operators=("MatMul", "Relu", "MatMul"), extra=b""):
    graph = b"".join(field(1, field(1, b"x") + field(4, name.encode())) for name in operators)
    graph += field(2, b"main") + b"".join(field(5, tensor) for tensor in tensors)
    return number(1, 8) + field(2, b"pytorch") + field(7, graph) + field(8, number(2, 17)) + extra


def tensor(dims, dtype=1, raw=b"", external=None, *, packed=False):
    shape = field(1, b"".join(map(varint, dims))) if packed else b"".join(number(1, d) for d in dims)
    out = shape + number(2, dtype) + field(8, b"w") + (field(9, raw) if raw else b"")
    if external:
        out += field(13, field(1, b"location") + field(2, external.encode()))
    return out


@pytest.mark.parametrize("packed", [False, True])
def test_counts_operators_and_opset(packed):
    seen = look(FORMAT, model(tensor([4, 8], packed=packed), tensor([2], 10)), "m.onnx")
    assert seen.one("weights.tensor-count") == 2
    assert seen.one("weights.parameter-count") == 34
    assert seen.all("weights.operator") == ["MatMul", "Relu"]
    assert seen.one("weights.opset") == "ai.onnx 17"
    assert seen.one("weights.name") == "main"


def test_external_data_and_licence():
    extra = field(14, field(1, b"license") + field(2, b"MIT"))
    seen = look(FORMAT, model(tensor([2], external="w.bin"), extra=extra), "m.onnx")
    assert seen.all("weights.external-file") == ["w.bin"]
    assert seen.one("weights.licence") == "MIT"


def test_weights_are_stepped_over():
    data = model(tensor([2**21], raw=bytes(8 * 2**20)), tensor([2**21], raw=bytes(8 * 2**20)))
    assert look(FORMAT, data, "m.onnx").blob.bytes_read < 2**20


def test_quantised():
    assert look(FORMAT, model(operators=["MatMulInteger"]), "m.onnx").one("weights.quantisation")


@pytest.mark.parametrize(
    "data", [model(tensor([4]))[:-3], b"\x08\x08\x12\xff\xff\xff\xff\x7f", b"\x08\x08\x12\x01x"]
)
def test_models_that_are_none(data):
    with pytest.raises(MalformedError):
        look(FORMAT, data, "m.onnx")


def test_prose_is_not_one():
    assert not FORMAT.matches(b"\x08hello there", "m.onnx")
    assert not FORMAT.matches(b"# README", "m.onnx")
