"""TFLite and ExecuTorch: operators and delegates that need code, parts that lie."""

from __future__ import annotations

import struct

import pytest

from tests.build.flat import Number, flat, pte, tflite
from tests.build.pickles import command
from tests.build.zips import zipped

# A flexbuffer's vector of a name and a NodeDef: only the NodeDef's field 2 matters.
READS = b"\x0aReadFile\0" + b"\x0a\x01x\x12\x08ReadFile"


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (tflite(3, 9, 25), "clean"),
        (tflite(3, 200), "clean"),
        (tflite(3, "TFLite_Detection_PostProcess"), "clean"),
        (tflite(3, "FlexErf"), "clean"),
        (tflite(3, "FlexReadFile"), "dangerous"),
        (tflite("FlexPyFunc"), "dangerous"),
        (tflite("FlexPrintV2"), "caution"),
        (tflite("FlexErf", options=READS), "dangerous"),
        (tflite(3, "edgetpu-custom-op"), "caution"),
        (tflite(3, buffer={0: b"1234"}), "clean"),
        (tflite(3, buffer={1: Number(16, 8), 2: Number(64, 8)}), "clean"),
        (tflite(3, buffer={1: Number(64, 8), 2: Number(2**40, 8)}), "unknown"),
        (flat({1: [{3: Number(0)}], 2: [{3: [{0: Number(7)}]}]}), "unknown"),
        (flat({1: [], 4: [{}], 6: [{0: "m", 1: Number(9)}]}), "unknown"),
        (tflite(3).replace(b"TFL3", b"CIR0"), "clean"),
        (tflite("Mine").replace(b"TFL3", b"CIR0"), "caution"),
    ],
)
def test_tflite(look, made, level):
    assert look(made, "m.tflite" if made[4:5] == b"T" else "m.circle").level == level


def test_the_operator_that_a_flex_operator_hides_is_named(look):
    found = look(tflite("FlexErf", options=READS), "m.tflite")
    assert "ReadFile reads files" in found.findings[0].message


def test_label_files_behind_a_tflite_model(look):
    assert look(tflite(3) + zipped({"labels.txt": b"cat\ndog\n"}), "m.tflite").level == "clean"
    assert look(tflite(3) + zipped({"x.pkl": command()}), "m.tflite").level == "dangerous"


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (pte("aten::add", "quantized_decomposed::choose_qparams"), "clean"),
        (pte("aten::add", delegates=("XnnpackBackend",)), "clean"),
        (pte("aten::add", delegates=("MyBackend",)), "caution"),
        (pte("aten::add", delegates=("CudaBackend",)), "caution"),
        (pte("my_ops::mul"), "caution"),
        (pte("aten::add", segment=(0, 64)), "clean"),
        (pte("aten::add", segment=(0, 65)), "unknown"),
        (pte("aten::add", segment=(2**63, 2**63)), "unknown"),
        (pte("aten::add").replace(b"ET12", b"BP08"), "unknown"),
        (flat({0: Number(0), 1: [{0: Number(0, 8), 1: Number(8, 8)}]}, b"FT01"), "clean"),
        (flat({0: Number(0), 1: [{0: Number(8, 8), 1: Number(2**50, 8)}]}, b"FT01"), "unknown"),
    ],
)
def test_executorch(look, made, level):
    assert look(made, "m.pte").level == level


def test_a_header_that_lies_about_its_segments(look):
    data = bytearray(pte("aten::add", segment=(0, 8)))
    struct.pack_into("<Q", data, 24, 2**40)
    assert look(bytes(data), "m.pte").level == "unknown"


@pytest.mark.parametrize("made", [tflite(3, "FlexErf", options=READS), pte("my::op", segment=(0, 8))])
def test_offsets_that_lead_out_are_unknown_and_never_clean(look, made):
    levels = {look(made[:cut], "m.tflite").level for cut in range(12, len(made) - 100, 7)}
    assert "clean" not in levels
    assert "unknown" in levels
