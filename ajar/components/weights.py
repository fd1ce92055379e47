"""Parameters: are the weights here and whole, or only pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from ajar.components.identity import folder_of, is_aside, is_own
from ajar.model.component import Component, ComponentKind
from ajar.model.dossier import Dossier
from ajar.model.evidence import Basis, Evidence, Gap, GapReason, Ground, Location

# Files of a weights format that hold something else: optimiser state, random seeds, arguments.
_STATE = re.compile(
    r"(optimizer|scheduler|scaler|rng_state|training_args|trainer_state|optim)", re.IGNORECASE
)
_STEP = re.compile(r"(^|/)(checkpoint|step|global_step|iter|epoch|ckpt)[-_]?\d+(/|[-_.])", re.IGNORECASE)
_STEPS_SAID = re.compile(
    r"\b(?:intermediate|partially[- ]trained|training) checkpoints\b"
    r"|\b\d+ (?:intermediate )?checkpoints (?:saved|available|for each|throughout)",
    re.IGNORECASE,
)


def weight_files(dossier: Dossier) -> tuple[str, ...]:
    """Files whose bytes are model weights: no tests, no optimiser state."""
    found = (item.path for item in dossier.family("weights"))
    return tuple(path for path in found if not is_aside(path) and not _STATE.search(PurePosixPath(path).name))


def final_parameters(dossier: Dossier, shared: Dossier | None, names: frozenset[str]) -> Component:
    """The weights themselves: verified only when present, readable and complete."""
    files = tuple(path for path in weight_files(dossier) if not _STEP.search(path))
    if files:
        return _present(dossier, files)
    kind = ComponentKind.FINAL_PARAMETERS
    pointers = [item for item in dossier.all("pointer.size") if _pointed_weights(item)]
    if pointers:
        return Component(
            kind=kind,
            state=Basis.DECLARED,
            reason=f"{len(pointers)} pointer files stand where the weights should be; fetch the files themselves",
            files=tuple(item.location.path for item in pointers),
            because=tuple(pointers),
        )
    withheld = [item for item in dossier.all("card.withheld") if item.value == "weights"]
    hosted = dossier.all("card.hosted-only")
    links = own_links(dossier, shared, names)
    if links:
        return Component(
            kind=kind,
            state=Basis.DECLARED,
            reason=_pointed(links[0]),
            because=links[:8],
        )
    if withheld or hosted:
        ground = tuple(withheld) or hosted
        return Component(
            kind=kind,
            state=Basis.WITHHELD,
            reason="the publisher says the weights are not given out",
            because=ground,
        )
    return _absent_or_unseen(dossier)


def own_links(dossier: Dossier, shared: Dossier | None, names: frozenset[str]) -> tuple[Evidence, ...]:
    """Links to weights that are this release's own, its base models' left out."""
    bases = {str(item.value).lower() for item in dossier.all("card.base-model", "config.base-model")}
    keys = ("card.weights-link", "code.downloads-weights")
    found: list[Evidence] = []
    for place in (dossier, *((shared,) if shared else ())):
        for item in place.all(*keys):
            link = str(item.value)
            if is_aside(item.location.path) or any(base and base in link.lower() for base in bases):
                continue
            if is_own(link, names) if place is dossier else _is_of(link, dossier):
                found.append(item)
    if not found and shared is not None:
        found = list(shared.all("card.approval"))
    return tuple(sorted(found, key=lambda item: "#" in str(item.value)))


def _is_of(link: str, part: Dossier) -> bool:
    """Whether a link of the whole repository names this one release of it: by its folder's name."""
    folder = (part.release.locator.subpath or "").rpartition("/")[2]
    plain = re.sub(r"[^a-z0-9]", "", folder.lower())
    return bool(plain) and re.search(rf"{plain}(?!\d)", re.sub(r"[^a-z0-9]", "", link.lower())) is not None


def intermediate_parameters(dossier: Dossier) -> Component:
    """Checkpoints from during training."""
    kind = ComponentKind.INTERMEDIATE_PARAMETERS
    files = tuple(path for path in weight_files(dossier) if _STEP.search(path))
    if files:
        steps = {match[0] for path in files if (match := _STEP.search(path))}
        return Component(
            kind=kind, state=Basis.VERIFIED, reason=f"checkpoints of {len(steps)} steps are here", files=files
        )
    for text in dossier.texts:
        front = "/" not in text.path or "model_card" in text.path.lower()
        match = (
            _STEPS_SAID.search(text.text) if front and text.path.lower().endswith((".md", ".rst")) else None
        )
        if match and not is_aside(text.path):
            line = text.text.count("\n", 0, match.start()) + 1
            ground = said(text.path, line, text.text, match.start(), "card.intermediate-checkpoints")
            return Component(
                kind=kind,
                state=Basis.DECLARED,
                reason="the documentation speaks of checkpoints from during training; they are not here",
                because=(ground,),
            )
    return Component(
        kind=kind, state=Basis.ABSENT, reason="no checkpoint from during training, and no word of one"
    )


def said(path: str, line: int, text: str, at: int, key: str) -> Evidence:
    """A sentence of a document as evidence."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    quote = text[start : end if end >= 0 else len(text)].strip()
    return Evidence(
        key=key,
        value=True,
        location=Location(path=path, line=line),
        inspector="components",
        quote=quote,
        basis=Basis.DECLARED,
    )


def _present(dossier: Dossier, files: tuple[str, ...]) -> Component:
    kind = ComponentKind.FINAL_PARAMETERS
    chosen = set(files)
    missing = _missing_shards(dossier, chosen)
    broken = tuple(
        gap for gap in dossier.gaps if gap.location.path in chosen and gap.reason is not GapReason.UNSUPPORTED
    )
    counts = tuple(
        item
        for item in dossier.all("weights.parameter-count", "weights.tensor-count")
        if item.location.path in chosen
    )
    if missing or broken:
        reason = (
            f"{len(missing)} of the shards named in the index are not here ({missing[0].location.path})"
            if missing
            else f"{broken[0].location.path}: {broken[0].detail}"
        )
        return Component(
            kind=kind, state=Basis.UNKNOWN, reason=reason, files=files, because=(*missing, *broken)
        )
    return Component(
        kind=kind,
        state=Basis.VERIFIED,
        reason=_size_words(dossier, files, counts),
        files=files,
        because=counts[:8],
    )


def _missing_shards(dossier: Dossier, present: set[str]) -> list[Gap]:
    missing: list[Gap] = []
    names = {item.location.path: item.value for item in dossier.all("weights.tensor-names")}
    for item in dossier.all("weights.index-shard"):
        folder = folder_of(item.location.path)
        path = f"{folder}/{item.value}" if folder else str(item.value)
        if is_aside(path):
            continue
        location = Location(path=path)
        if path not in present:
            detail = f"named by {item.location.path}, not in the release"
            missing.append(
                Gap(location=location, reason=GapReason.ABSENT, detail=detail, inspector="components")
            )
        elif path in names and not item.quote.endswith(f"names {names[path]}"):
            detail = f"its tensors are not those that {item.location.path} lists for it"
            missing.append(
                Gap(location=location, reason=GapReason.MALFORMED, detail=detail, inspector="components")
            )
    return missing


def _size_words(dossier: Dossier, files: tuple[str, ...], counts: Iterable[Evidence]) -> str:
    total = sum(
        item.value for item in counts if item.key == "weights.parameter-count" and isinstance(item.value, int)
    )
    formats = sorted({item.format for item in dossier.files if item.path in set(files)})
    where = files[0] if len(files) == 1 else f"{len(files)} files"
    size = f", {total:,} parameters" if total else ""
    return f"{where} ({', '.join(formats)}{size})"


def _absent_or_unseen(dossier: Dossier) -> Component:
    kind = ComponentKind.FINAL_PARAMETERS
    unseen = tuple(
        gap
        for gap in dossier.gaps
        if gap.location.path.lower().endswith(
            (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".ckpt")
        )
    )
    if unseen:
        ground: tuple[Ground, ...] = unseen
        return Component(
            kind=kind,
            state=Basis.UNKNOWN,
            reason=f"{unseen[0].location.path} could not be read: {unseen[0].detail}",
            because=ground,
        )
    return Component(kind=kind, state=Basis.ABSENT, reason="no weights here, and nothing here points to any")


def _pointed_weights(item: Evidence) -> bool:
    suffixes = (
        ".safetensors",
        ".bin",
        ".pt",
        ".pth",
        ".gguf",
        ".onnx",
        ".h5",
        ".ckpt",
        ".msgpack",
        ".tflite",
        ".npz",
    )
    path = item.location.path.lower()
    return path.endswith(suffixes) and not is_aside(path)


def _pointed(link: Evidence) -> str:
    if link.key == "card.approval":
        return f"the weights are given out after approval, says {link.location}"
    return f"the weights are not in this release; it points to them ({_short(str(link.value))})"


def _short(link: str) -> str:
    return link if len(link) <= 60 else link[:57] + "…"
