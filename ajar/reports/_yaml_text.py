"""Plain data as YAML that any YAML 1.1 reader takes the same way."""

from __future__ import annotations

from typing import Any

from ajar.reports._json_text import clean


def dumps(data: Any) -> str:
    """Block style, in the order given, strings visible and quoted where YAML would take them for something else."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(clean(data), Dumper=dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
