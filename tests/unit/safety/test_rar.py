"""RAR 4 and 5: stored members are looked at, the others named."""

from __future__ import annotations

import pytest

from ajar.model.evidence import GapReason
from tests.build.containers import RAR5_ENCRYPTED, rar4, rar5, rar5_file
from tests.build.pickles import command

EVIL = command()


def rules(found) -> set[str]:
    return {item.rule for item in found.findings}


@pytest.mark.parametrize("data", [rar5(rar5_file("d/m.pkl", EVIL)), rar4([("d/m.pkl", EVIL)])])
def test_stored_members(look, data):
    found = look(data, "m.rar")
    assert (found.level, found.gaps) == ("dangerous", ())
    assert look(b"MZ" + bytes(3000) + data, "setup.exe").level == "dangerous"


@pytest.mark.parametrize("data", [rar5(rar5_file("a.txt", b"words\n")), rar4([("a.txt", b"words\n")])])
def test_honest_and_stored_is_clean(look, data):
    assert look(data, "m.rar").level == "clean"


@pytest.mark.parametrize(
    "data",
    [
        rar5(*(rar5_file(f"{n}.pkl", EVIL, method=3) for n in range(5))),
        rar4([(f"{n}.pkl", EVIL) for n in range(5)], method=0x33),
    ],
)
def test_compressed_members_are_named_once(look, data):
    found = look(data, "m.rar")
    assert (found.level, rules(found)) == ("caution", {"archive-can-be-looked-into"})
    (gap,) = found.gaps
    assert gap.reason is GapReason.UNSUPPORTED
    assert "'0.pkl'" in gap.detail
    assert "2 more: compressed" in gap.detail


@pytest.mark.parametrize(
    "data", [rar5(rar5_file("m.pkl", EVIL, encrypted=True)), rar4([("m.pkl", EVIL)], flags=4)]
)
def test_encrypted_members(look, data):
    found = look(data, "m.rar")
    assert found.level == "caution"
    assert "encrypted" in found.gaps[0].detail


@pytest.mark.parametrize("data", [RAR5_ENCRYPTED, rar4([], head_flags=0x80)])
def test_encrypted_headers(look, data):
    found = look(data, "m.rar")
    assert (found.level, rules(found)) == ("caution", {"archive-can-be-looked-into"})
    assert found.gaps[0].reason is GapReason.UNSUPPORTED


@pytest.mark.parametrize("name", ["../../.bashrc", "/etc/x", "C:\\x.dll", "a\\..\\..\\x"])
def test_names_that_lead_out(look, name):
    for data in (rar5(rar5_file(name, b"x")), rar4([(name, b"x")]), rar5(rar5_file(name, b"x", method=3))):
        found = look(data, "m.rar")
        assert (found.level, "archive-stays-in-its-folder" in rules(found)) == ("dangerous", True)


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (rar5(rar5_file("a", b"", link=(1, "/etc/passwd"))), "dangerous"),
        (rar5(rar5_file("d/a", b"", link=(1, "../b"))), "clean"),
        (rar5(rar5_file("d/a", b"", link=(4, "../b"))), "dangerous"),  # a hard link counts from the top
        (rar5(rar5_file("a", b"", link=(1, "d")), rar5_file("a/x", b"1")), "dangerous"),
        (rar4([("a", b"/etc/passwd")], mode=0o120777), "dangerous"),
        (rar4([("a", b"b")], mode=0o120777), "clean"),
    ],
)
def test_links(look, data, level):
    assert look(data, "m.rar").level == level


def test_garbage_and_cuts_end_and_are_never_clean(look):
    for data in (rar5(rar5_file("m.bin", bytes(50))), rar4([("m.bin", bytes(50))])):
        for length in range(7, len(data) - 8):
            assert look(data[:length], "m.rar").level != "clean", length
    for tail in (bytes(500), b"\xff" * 500, b"\x80" * 500, b"\0\0\0\0\x00" * 99):
        for magic in (b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"Rar!\x1a\x07\x05", b"RE\x7e\x5e"):
            found = look(magic + tail, "m.rar")
            assert found.level in {"unknown", "caution"}
            assert found.gaps


def test_the_magic_alone_behind_a_picture_is_nothing(look):
    assert (
        look(b"\x89PNG\r\n\x1a\n" + bytes(60) + b"Rar!\x1a\x07\x01\x00" + bytes(60), "a.png").level == "clean"
    )
