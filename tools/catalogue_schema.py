"""Writes ajar/catalogue/schema/catalogue.json from the types of the catalogue's records.

python tools/catalogue_schema.py           write it
python tools/catalogue_schema.py --check   write nothing; exit 1 when it is out of date
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from ajar.catalogue.files import DataFile
from ajar.model.partial_date import PartialDate

TARGET = Path(__file__).parents[1] / "ajar" / "catalogue" / "schema" / "catalogue.json"
_DATE = {
    "type": "string",
    "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?\??$",
    "description": "YYYY, YYYY-MM or YYYY-MM-DD, with ? behind it when the source leaves it in doubt",
}


def schema() -> dict[str, Any]:
    """The schema of a data file: one array of records, and nothing that no field takes."""
    (root,), parts = msgspec.json.schema_components(
        (DataFile,), schema_hook=_of_date, ref_template="#/$defs/{name}"
    )
    for part in parts.values():
        if part.get("type") == "object":
            part["additionalProperties"] = False
    parts["DataFile"]["properties"]["$schema"] = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "ajar-catalogue/1",
        "title": "A data file of ajar's catalogue",
        **root,
        "$defs": parts,
    }


def _of_date(kind: type) -> dict[str, Any]:
    if kind is PartialDate:
        return _DATE
    raise NotImplementedError(kind)


def main() -> int:
    text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if "--check" in sys.argv:
        stale = not TARGET.exists() or TARGET.read_text("utf-8") != text
        if stale:
            print(f"{TARGET} is out of date: python tools/catalogue_schema.py")
        return int(stale)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
