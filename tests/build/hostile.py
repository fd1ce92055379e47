"""A release whose every string attacks the reader: markup, terminal escapes, direction overrides."""

from __future__ import annotations

import json
from pathlib import Path

from tests.build.releases import safetensors_bytes

ESCAPE = "\x1b[31mred\x1b]0;title\x07"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
TURNED = "txt.\u202egnp\u2066\u200b"
LONG = "w" * 400
ATTACKS = (ESCAPE, MARKUP, TURNED, LONG)


def write(root: Path) -> Path:
    root.mkdir()
    names = {f"layer.{number}.{attack}": ("F32", [2, 2]) for number, attack in enumerate(ATTACKS)}
    (root / "model.safetensors").write_bytes(safetensors_bytes(names, {"license": MARKUP, "a": ESCAPE}))
    (root / "config.json").write_text(json.dumps({"model_type": MARKUP, "architectures": [TURNED]}), "utf-8")
    card = (
        f"---\nlicense: other\nlicense_name: {json.dumps(MARKUP)}\nlibrary_name: {json.dumps(LONG)}\n"
        f"base_model: {json.dumps(ESCAPE)}\n---\n# {MARKUP} {TURNED}\n\n"
        f"Tiny {MARKUP} {TURNED} is an open-source model.\n\n## Training data\n\n"
        f"- [{MARKUP}](https://example.org/datasets/x) 10 GB\n- [{LONG}](https://example.org/datasets/y) 3 GB\n"
    )
    (root / "README.md").write_text(card, "utf-8")
    for attack in ("<b>bold.bin", "\x1b[2Jclear.pt", "a\u202egnp.pkl"):
        (root / attack.replace("/", "_")).write_bytes(b"\x80\x04cos\nsystem\n.")
    return root
