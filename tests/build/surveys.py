"""Stores of made rows, through the real writer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ajar.survey import packs
from ajar.survey.ledger import Finished, Listed
from ajar.survey.store import Store

DOORS = ("shut", "chained", "ajar", "open", "wide-open")


def store(folder: Path, rows: Sequence[dict[str, Any]], report: str = '{"cost": {}}') -> Path:
    """A finished store of these rows; each needs a `target`."""
    with Store.open(folder) as made:
        made.plan({"source": "made"})
        made.ledger.plan([Listed(target=row["target"], stamp="1", row={}) for row in rows], None)
        by_target = {row["target"]: row for row in rows}
        if any("stratum" in row for row in rows):
            drawn = [
                (key, by_target[name]["stratum"], by_target[name]["weight"])
                for key, name, _ in made.ledger.planned_rows()
            ]
            strata = Counter(name for _, name, _ in drawn)
            sizes = {name: round(strata[name] * weight) for _, name, weight in drawn}
            made.ledger.keep_sample(drawn, [(name, sizes[name], count) for name, count in strata.items()])
        digest, frame = packs.compress(report.encode())
        found = [
            Finished(
                id=task.id,
                row={"state": "done", "reason": None, **by_target[task.target]},
                digest=digest,
                report=frame,
            )
            for task in made.ledger.claim(len(rows))
        ]
        made.ledger.finish(found)
        while made.flush():
            pass
    return folder


def population(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Releases with known truth: doors that hang on the maker, downloads as skewed as real ones, some unknown."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        maker = f"maker-{min(int(chance.paretovariate(0.8)), 200)}"
        weights = (5, 4, 3, 2, 1) if maker == "maker-1" else (1, 2, 3, 4, 5)
        door = chance.choices(DOORS, weights)[0]
        is_open = door in {"open", "wide-open"}
        said = chance.random() < 0.4
        rows.append(
            {
                "target": f"hf:{maker}/m{number}", "title": f"{maker}/m{number}", "depth": "safety", "maker": maker,
                "country": chance.choice(("US", "FR", "CN", None)), "year": chance.choice((2023, 2024, 2025, None)),
                "task": chance.choice(("text-generation", "text-to-image", None)),
                "downloads": chance.choice((None, int(10 ** chance.uniform(0, 7)))),
                "parameters": chance.choice((None, int(10 ** chance.uniform(7, 12)))),
                "door_declared": door if chance.random() < 0.9 else None, "door_at_most": "wide-open",
                "door_at_least": "shut", "tagged_licence": chance.choice((None, "mit", "apache-2.0", "llama3")),
                "weights_licence": chance.choice((None, "mit", "apache-2.0", "llama-3")),
                "weight_formats": chance.choice((["safetensors"], ["pickle-stream"], ["gguf", "torch-zip"], [])),
                "safety_level": chance.choice(("clean", "dangerous", "unknown", None)),
                "findings_critical": chance.choice((0, 0, 0, 2)), "rules": chance.choice(([], ["pickle-calls"])),
                "claims_said": ["open-source"] if said else [],
                "claims_found": [("upheld" if is_open else "overstated")] if said else [], "weight": 1.0,
            }
        )  # fmt: skip
        base = chance.randrange(number) if number and chance.random() < 0.5 else None
        rows[-1]["base_models"] = [] if base is None else [rows[base]["title"]]
    return rows


def sampled(rows: Iterable[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """A sample of a population, stratified by maker, as a survey draws and weighs it."""
    from ajar.survey.sampling import allotted

    strata: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        key = row["maker"] if row["maker"] in {"maker-1", "maker-2"} else "(other)"
        strata.setdefault(key, []).append(row)
    sizes = allotted({key: len(held) for key, held in strata.items()}, count)
    chance = random.Random(seed)
    return [
        {**row, "stratum": key, "weight": len(held) / sizes[key]}
        for key, held in strata.items()
        for row in chance.sample(held, sizes[key])
    ]
