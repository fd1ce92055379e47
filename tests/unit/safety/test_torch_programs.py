"""TorchScript, mobile bytecode and exported programs."""

from __future__ import annotations

import json
import pickle

import pytest

from tests.build.zips import zipped

SCRIPT = "class M(Module):\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n    y = {}\n    return y\n"


def scripted(call: str, name: str = "m/code/__torch__/model.py") -> bytes:
    members = {"m/data.pkl": pickle.dumps({}, 2), name: SCRIPT.format(call).encode(), "m/version": b"3\n"}
    return zipped({**members, "m/constants.pkl": pickle.dumps((), 2)})


@pytest.mark.parametrize(
    ("call", "level"),
    [
        ("torch.relu(x)", "clean"),
        ("ops.quantized.linear(x)", "clean"),
        ("ops.torchvision.nms(x)", "clean"),
        ('torch.from_file("/etc/passwd", False, 10)', "dangerous"),
        ('ops.aten.from_file("/etc/passwd")', "dangerous"),
        ('torch.save(x, "/tmp/x")', "dangerous"),
        ("ops.mine.forward(x)", "caution"),
        ("unchecked_cast(__torch__.torch.classes.mine.Engine, x)", "caution"),
        ("unchecked_cast(__torch__.torch.classes.quantized.LinearPackedParamsBase, x)", "clean"),
        ("^MyFunction()(x)", "caution"),
        ("torch.__xor__(x, 1)", "clean"),
    ],
)
def test_torchscript(look, call, level):
    assert look(scripted(call), "m.pt").level == level


def test_mobile_bytecode(look):
    def mobile(operator: str) -> bytes:
        body = pickle.dumps((7, ("forward", (("instructions", ()), ("operators", ((operator, "", 1),))))), 2)
        return zipped({"m/data.pkl": pickle.dumps({}, 2), "m/bytecode.pkl": body, "m/version": b"3\n"})

    assert look(mobile("aten::add"), "m.ptl").level == "clean"
    assert look(mobile("aten::from_file"), "m.ptl").level == "dangerous"


def exported(target: str, *, expression: str = "s0 + 1", guard: str = "L['x'].size()[0] >= 2", path: str = "weight_0") -> bytes:  # fmt: skip
    node = {
        "target": target,
        "inputs": [{"name": "self", "arg": {"as_expr": {"expr_str": expression}}}],
        "outputs": [],
    }
    program = {
        "graph_module": {"graph": {"nodes": [node]}},
        "guards_code": [guard],
        "opset_version": {"aten": 10},
    }
    weights = {"config": {"w": {"path_name": path, "is_param": True, "use_pickle": False}}}
    return zipped({
        "m/data/weights/model_weights_config.json": json.dumps(weights).encode(),
        "m/models/model.json": json.dumps(program).encode(),
        "m/archive_format": b"pt2",
        "m/version": b"0",
    })  # fmt: skip


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (exported("torch.ops.aten.linear.default"), "clean"),
        (exported("torch.ops.higher_order.cond"), "clean"),
        (exported("_operator.getitem", expression="FloorDiv(s0, 2)*Max(1, 0.5*s1)"), "clean"),
        (exported("torch.sym_max"), "clean"),
        (exported("torch.ops.mine.forward.default"), "caution"),
        (exported("my_function"), "caution"),
        (exported("torch.os.system"), "dangerous"),
        (exported("torch.ops.aten.from_file.default"), "dangerous"),
        (exported("torch.ops.aten.linear.default", expression="__import__('os').system('x')"), "dangerous"),
        (exported("torch.ops.aten.linear.default", expression="eval(s0)"), "dangerous"),
        (exported("torch.ops.aten.linear.default", expression="s0.x"), "dangerous"),
        (exported("torch.ops.aten.linear.default", guard="__import__('os').system('x')"), "dangerous"),
        (exported("torch.ops.aten.linear.default", path="../../etc/passwd"), "dangerous"),
    ],
)
def test_exported_programs(look, made, level):
    assert look(made, "m.pt2").level == level


def test_a_program_that_cannot_be_parsed(look):
    assert look(zipped({"m/models/model.json": b'{"graph_module": {'}), "m.pt2").level == "unknown"


def test_a_library_that_the_inductor_compiled(look):
    elf = b"\x7fELF\x02\x01\x01" + bytes(64)
    made = zipped({"m/data/aotinductor/model/x.wrapper.so": elf, "m/archive_format": b"pt2"})
    assert look(made, "m.pt2").level == "caution"
