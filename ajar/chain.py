"""The line of base models up to the root: each audited shallowly, by its card, licence and configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ajar.config import Options
from ajar.errors import AjarError, TargetError
from ajar.model.component import Scope
from ajar.model.evidence import Evidence
from ajar.model.lineage import Link
from ajar.model.report import Report
from ajar.pipeline import audit

DEPTH = 12
LINKS = 64
_KEYS = ("card.base-model", "config.base-model", "weights.base-model", "host.base-model")


def follow(report: Report, options: Options, *, told: Callable[[str], None] | None = None) -> Iterator[Link]:
    """Links from the release upwards, breadth first. A circle and a base that cannot be had are links with a problem."""
    start = _name(report)
    waiting: list[tuple[str, tuple[str, ...], Evidence]] = [
        (name, (start,), item) for name, item in _bases(report)
    ]
    seen = {start.lower()}
    shallow = Options(
        limits=options.limits, shallow=True, offline=options.offline, keep=options.keep, cache=options.cache
    )
    for _ in range(LINKS):
        if not waiting:
            return
        name, line, item = waiting.pop(0)
        of, depth = line[-1], len(line)
        place = _place(item, of if depth > 1 else "")
        relation = _relation(item)
        if name.lower() in seen:
            circle = any(name.lower() == known.lower() for known in line)
            problem = "leads back to a model of its own line" if circle else "stands in the line already"
            yield Link(name=name, of=of, depth=depth, relation=relation, stated_at=place, problem=problem)
            continue
        seen.add(name.lower())
        if told:
            told(name)
        try:
            base = audit(f"hf:{name}", shallow)
        except (TargetError, AjarError) as error:
            yield Link(
                name=name, of=of, depth=depth, relation=relation, stated_at=place, problem=error.message
            )
            continue
        licences = tuple(
            dict.fromkeys(match.licence.id for match in base.licences if Scope.WEIGHTS in match.applies_to)
        )
        yield Link(
            name=name,
            of=of,
            depth=depth,
            relation=relation,
            stated_at=place,
            licences=licences,
            revision=base.release.revision,
        )
        if depth < DEPTH:
            waiting += [(inner, (*line, name), ground) for inner, ground in _bases(base)]
    if waiting:
        name, line, item = waiting[0]
        of, depth = line[-1], len(line)
        problem = f"the line has more than {LINKS} links"
        yield Link(
            name=name,
            of=of,
            depth=depth,
            relation="unknown",
            stated_at=_place(item, of if depth > 1 else ""),
            problem=problem,
        )


def _name(report: Report) -> str:
    locator = report.release.locator
    return locator.name if locator.scheme == "hf" else report.title


def _bases(report: Report) -> Iterator[tuple[str, Evidence]]:
    """Base models that the release or its host names, each once; what the release's own files say goes first."""
    found: dict[str, Evidence] = {}
    for key in _KEYS:
        for item in report.evidence:
            name = str(item.value or "").strip().removeprefix("https://huggingface.co/").strip("/")
            if item.key == key and name.count("/") == 1:
                known = found.get(name.lower())
                if known is None or (key == "host.base-model" and _relation(known) == "unknown"):
                    found[name.lower()] = item if known is None or _relation(item) != "unknown" else known
    for item in found.values():
        yield str(item.value).strip().removeprefix("https://huggingface.co/").strip("/"), item


def _place(item: Evidence, name: str) -> str:
    """Where it is said, with the repository when that is not the target's own."""
    return (
        f"hf:{name}//{item.location}"
        if name and not item.location.path.startswith("hub:")
        else str(item.location)
    )


def _relation(item: Evidence) -> str:
    if item.key == "config.base-model" and item.location.path.endswith("adapter_config.json"):
        return "adapter"
    stated = item.quote.removeprefix("relation: ") if item.key == "host.base-model" else ""
    return stated if stated in {"finetune", "adapter", "quantized", "merge"} else "unknown"
