"""HDF5 walked: settings wherever they stand, other files, plugins, lies; and what only a search finds."""

from __future__ import annotations

import json
import struct

import pytest

from tests.build.hdf5 import Dataset, Group, hdf5, new_hdf5
from tests.build.pickles import command

DENSE = {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 2}}]}}
LAMBDA = {
    "class_name": "Sequential",
    "config": {"layers": [{"class_name": "Lambda", "config": {"name": "x"}}]},
}


def config(tree: object) -> dict[str, bytes]:
    return {"keras_version": b"2.15.0", "model_config": json.dumps(tree).encode()}


def rules(found) -> set[str]:
    return {item.rule for item in found.findings}


def test_an_honest_keras_file(look):
    tree = Group(
        {"model_weights": Group({"d": Group({"w": Dataset((2, 2))})})}, config(DENSE), soft={"s": "/d"}
    )
    found = look(hdf5(tree), "m.h5")
    assert (found.level, found.findings, found.gaps) == ("clean", (), ())


@pytest.mark.parametrize("depth", [0, 1, 30])
def test_settings_in_any_group(look, depth):
    tree = Group({}, config(LAMBDA))
    for number in range(depth):
        tree = Group({f"g{number}": tree})
    found = look(hdf5(tree), "m.h5")
    assert found.level == "dangerous"
    assert rules(found) == {"layers-hold-no-code"}


def test_settings_far_behind_what_a_search_reads(look):
    """Twenty megabytes of numbers stand before them."""
    tree = Group({"a": Dataset((5 << 20,)), "b": Group({}, config(LAMBDA)), "c": Dataset((5 << 20,))})
    assert look(hdf5(tree), "m.h5").level == "dangerous"


def test_settings_under_another_name_and_broken_ones(look):
    assert look(hdf5(Group({}, {"mine": json.dumps(LAMBDA).encode()})), "m.h5").level == "dangerous"
    assert look(hdf5(Group({}, {"model_config": b"{broken"})), "m.h5").level == "unknown"
    assert look(hdf5(Group({}, {"about": b"{broken"})), "m.h5").level == "clean"


def test_settings_that_no_attribute_holds_are_named(look):
    data = hdf5(Group({}, config(DENSE)))
    hidden = data + json.dumps(DENSE).encode() + b" " * 8
    found = look(hidden, "m.h5")
    assert found.level == "clean"
    found = look(data + json.dumps(DENSE).replace("Dense", "Other").encode(), "m.h5")
    assert [item.severity for item in found.findings] == ["info"]
    assert look(data + json.dumps(LAMBDA).encode(), "m.h5").level == "dangerous"


@pytest.mark.parametrize(
    ("tree", "level"),
    [
        (Group({}, external={"x": "/etc/passwd"}), "dangerous"),
        (Group({}, external={"x": "../other.h5"}), "dangerous"),
        (Group({}, external={"x": "part2.h5"}), "caution"),
        (Group({"d": Dataset((2,), external="/etc/shadow")}), "dangerous"),
        (Group({"d": Dataset((2,), external="raw.bin")}), "caution"),
        (Group({"d": Dataset((2,), virtual="../secret.h5")}), "dangerous"),
        (Group({"d": Dataset((2,), virtual="part.h5")}), "caution"),
        (Group({"d": Dataset((2,), virtual=".")}), "clean"),
        (Group({"d": Dataset((2,), filter_id=1)}), "clean"),
        (Group({"d": Dataset((2,), filter_id=32000)}), "clean"),
        (Group({"d": Dataset((2,), filter_id=32001)}), "caution"),
        (Group({"g": Group({}, loop=True)}), "clean"),
        (Group({"d": Dataset((2,), stated_bytes=2**40)}), "unknown"),
    ],
)
def test_what_leads_elsewhere(look, tree, level):
    assert look(hdf5(tree), "m.h5").level == level


def test_a_pickle_in_an_attribute(look):
    assert look(hdf5(Group({}, {"title": command()})), "m.h5").level == "dangerous"


def test_links_that_no_group_holds_are_found_by_search(look):
    data = hdf5(Group({}))
    value = b"\0/etc/passwd\0/x\0"
    stray = b"\x01\x08\x40\x01x" + struct.pack("<H", len(value)) + value
    found = look(data + stray, "m.h5")
    assert found.level == "dangerous"
    assert "no group" in found.findings[0].message


@pytest.mark.parametrize("block", [512, 4096, 65536])
@pytest.mark.parametrize("filler", [b"\x01", b"M"])
def test_a_file_behind_a_block_of_the_users_own(look, block, filler):
    honest, hostile = (hdf5(Group({"w": Dataset()}, config(tree))) for tree in (DENSE, LAMBDA))
    assert look(filler * block + honest, "m.mat").level == "clean"
    assert look(filler * block + hostile, "m.mat").level == "dangerous"


def test_a_base_address_that_lies_moves_nothing(look):
    data = bytearray(hdf5(Group({}, config(LAMBDA))))
    struct.pack_into("<Q", data, 24, 4096)
    found = look(bytes(data), "m.h5")
    assert found.level == "dangerous"
    assert "no attribute" not in found.findings[0].message


@pytest.mark.parametrize("signature", [b"SNOD", b"TREE", b"HEAP", b"GCOL"])
def test_what_cannot_be_followed_is_unknown(look, signature):
    data = bytearray(hdf5(Group({"w": Dataset()}, config(DENSE))))
    data[data.index(signature)] ^= 1
    found = look(bytes(data), "m.h5")
    assert found.level == "unknown"
    assert found.gaps


@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_cut_short(look, part):
    data = hdf5(Group({"w": Dataset((40,))}, config(DENSE)))
    assert look(data[: int(len(data) * part)], "m.h5").level == "unknown"


@pytest.mark.parametrize(
    ("external", "tree", "level"),
    [
        ({}, DENSE, "clean"),
        ({}, LAMBDA, "dangerous"),
        ({"x": "../other.h5"}, DENSE, "dangerous"),
        ({"x": "part.h5"}, DENSE, "caution"),
    ],
)
def test_links_and_attributes_in_heaps(look, external, tree, level):
    data = new_hdf5(external, config(tree))
    found = look(data, "m.h5")
    assert (found.level, found.gaps) == (level, ())


@pytest.mark.parametrize("signature", [b"FRHP", b"BTHD", b"BTLF", b"OHDR"])
def test_heaps_that_cannot_be_followed_are_unknown(look, signature):
    data = bytearray(new_hdf5({}, config(DENSE)))
    data[data.index(signature)] ^= 1
    assert look(bytes(data), "m.h5").level == "unknown"


@pytest.mark.parametrize("version", ["earliest", "v108", "latest"])
def test_files_of_the_library(look, tmp_path, version):
    h5py = pytest.importorskip("h5py")

    def made(tree: object, outward: str) -> bytes:
        path = tmp_path / "m.h5"
        with h5py.File(path, "w", libver=version) as file:
            for number in range(400):
                file.attrs[f"a{number % 40}"] = number
                file.create_group(f"g{number}")
            file["g7"].attrs["model_config"] = json.dumps(tree)
            file.create_dataset("d", data=[[1.0] * 20] * 20, chunks=(5, 5), compression="gzip")
            if outward:
                file["g9/x"] = h5py.ExternalLink(outward, "/y")
        return path.read_bytes()

    assert look(made(DENSE, ""), "m.h5").level == "clean"
    assert look(made(LAMBDA, ""), "m.h5").level == "dangerous"
    assert look(made(DENSE, "../x.h5"), "m.h5").level == "dangerous"
