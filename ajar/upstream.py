"""What is known of the models that a release comes from: from folders, from hosts where the caller asks, line by line.

Each base is looked at for its card, licence and configuration alone. A base that cannot be had is a gap, and its
licence is then what the table of well-known models says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ajar import rights
from ajar.config import Options
from ajar.errors import AjarError
from ajar.model.component import LicenceMatch, Scope
from ajar.model.dossier import Dossier
from ajar.model.evidence import Gap, GapReason, Location
from ajar.model.lineage import Base, BaseText, Parent, Relation
from ajar.model.locator import Locator
from ajar.model.release import Release
from ajar.observer import Observer
from ajar.sources import open_release

INSPECTOR = "upstream"
DEPTH = 12  # of a line; the longest on the hub that was seen has nine
LINKS = 64  # in all
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
# The files of a base model that say under what licence it stands.
_TELLS_LICENCE = re.compile(
    r"(?:^|/)(?:readme[^/]*|[^/]*card[^/]*|[^/]*licen[cs]e[^/]*|copying[^/]*|config\.json)$", re.IGNORECASE
)
# What is made from a model's weights owes what their licence asks; what only learnt from its outputs does not pass that on.
_OF_WEIGHTS = frozenset(
    {Relation.FINETUNE, Relation.ADAPTER, Relation.QUANTIZED, Relation.MERGE, Relation.UNKNOWN}
)


@dataclass(slots=True)
class Upstream:
    """Base models looked at in one audit, each once, and what that cost."""

    options: Options
    gaps: list[Gap] = field(default_factory=list)
    bytes_read: int = 0
    requests: int = 0
    _folders: dict[str, Base] = field(default_factory=dict)
    _hosted: dict[str, Base] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in self.options.bases:
            base = self._seen(Locator.parse(folder), folder, shallow=False)
            self._folders[_bare(base.name)] = base

    def base(self, name: str) -> Base | None:
        """What a model's folder says, or its repository when the caller wants hosts to be asked."""
        known = self._folders.get(_bare(name))
        if known is not None or not self.options.lineage or not _HUB_ID.fullmatch(name):
            return known
        key = name.lower()
        if key not in self._hosted:
            self._hosted[key] = self._asked(name)
        return self._hosted[key]

    def line(self, parents: Sequence[Parent], title: str) -> tuple[Parent, ...]:
        """The parents and theirs up to the roots, breadth first. What cannot be followed says why."""
        found = [self._with_problem(parent) for parent in parents]
        named = {parent.id.lower(): parent for parent in reversed(found) if not parent.is_hint}
        waiting = list(reversed(named.values()))  # several models of a repository may name one base
        above = {id(parent): frozenset({title.lower(), parent.id.lower()}) for parent in waiting}
        seen = {title.lower(), *(parent.id.lower() for parent in waiting)}
        while waiting and len(found) < LINKS:
            below = waiting.pop(0)
            base = self.base(below.id)
            for parent in base.parents if base is not None else ():
                if parent.is_hint:
                    continue
                link = _above(parent, below, base.source if base else "")
                if parent.id.lower() in seen:
                    is_circle = parent.id.lower() in above[id(below)]
                    words = (
                        "leads back to a model of its own line" if is_circle else "stands in the line already"
                    )
                    found.append(replace(link, problem=words, binds=False))
                    continue
                seen.add(parent.id.lower())
                link = self._with_problem(rights.licensed(link, self.base))
                if link.depth == DEPTH and not link.problem:
                    link = replace(link, problem=f"not followed further: the {DEPTH}th of its line")
                found.append(link)
                above[id(link)] = above[id(below)] | {parent.id.lower()}
                if link.depth < DEPTH:
                    waiting.append(link)
        if waiting:
            found[-1] = replace(found[-1], problem=f"the line goes on past {LINKS} links")
        return tuple(found)

    def _with_problem(self, parent: Parent) -> Parent:
        base = self._hosted.get(parent.id.lower())
        return replace(parent, problem=base.problem) if base is not None and base.problem else parent

    def _asked(self, name: str) -> Base:
        try:
            return self._seen(Locator(scheme="hf", name=name), name, shallow=True)
        except (AjarError, OSError) as error:
            words = error.message if isinstance(error, AjarError) else str(error.strerror)
            reason = GapReason.OFFLINE if self.options.offline else GapReason.UNREADABLE
            detail = f"the base model could not be asked for its licence: {words}"
            self.gaps.append(
                Gap(location=Location(path=f"hf:{name}"), reason=reason, detail=detail, inspector=INSPECTOR)
            )
            return Base(name=name, licences=(), source="", problem=words)

    def _seen(self, locator: Locator, source: str, *, shallow: bool) -> Base:
        options = replace(self.options, shallow=shallow, bases=(), lineage=False)
        with open_release(locator, options) as opened:
            seen = Observer(options.limits, None, shallow)
            if shallow:
                seen.observe(opened)
            else:
                seen.release = opened.release
                for entry in opened.release.files:
                    if _TELLS_LICENCE.search(entry.path):
                        seen.look_at(opened, entry)
            if opened.meter is not None:
                self.bytes_read += opened.meter.bytes_read
                self.requests += opened.meter.requests
        dossier, name = seen.dossier(), title_of(seen.release)
        matches = [
            match
            for match in rights.matches(dossier)
            if Scope.WEIGHTS in match.applies_to or match.text_present
        ]
        chosen = rights.chosen(matches)
        commit = seen.release.revision
        place = f"hf:{name}@{commit[:10]}" if locator.scheme == "hf" and commit else source
        return Base(
            name=name,
            licences=tuple({match.licence.id: match.licence for match in chosen}.values()),
            source=place,
            texts=tuple(_texts(dossier, matches, place)),
            parents=rights.parents(dossier, name),
        )


def title_of(release: Release) -> str:
    """What a release is called: the name on its host, or its folder's."""
    if release.locator.scheme in {"hf", "ollama", "oci", "modelscope", "models", "runs"}:
        return release.locator.name.strip("/")
    if release.locator.scheme in {"git+https", "git+http"}:
        return release.locator.name.lstrip("/").partition("/")[2].removesuffix(".git")
    name = release.locator.subpath or release.locator.name
    path = Path(name)
    if path.parent.name == "snapshots":
        path = path.parent.parent
    return path.resolve().name.removeprefix("models--").replace("--", "/") or str(path)


def _bare(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].lower()


def _texts(dossier: Dossier, matches: Iterable[LicenceMatch], place: str) -> Iterator[BaseText]:
    said = {text.path: text.text for text in dossier.texts}
    for match in matches:
        if match.text_present and match.location.path in said:
            words = said[match.location.path]
            yield BaseText(licence=match.licence.id, path=f"{place}//{match.location.path}", text=words)


def _above(parent: Parent, below: Parent, source: str) -> Parent:
    """A parent of a parent, as seen from the release."""
    is_unsure = Relation.UNKNOWN in {parent.relation, below.relation}
    same_maker = bool(below.maker) and parent.id.partition("/")[0].lower() == below.maker.lower()
    return replace(
        parent,
        relation=Relation.UNKNOWN if is_unsure and parent.relation in _OF_WEIGHTS else parent.relation,
        location=replace(parent.location, path=f"{source}//{parent.location.path}"),
        of=below.id,
        depth=below.depth + 1,
        subject=below.subject,
        # Whoever made both may have licensed the later one anew.
        binds=below.binds and not same_maker and {parent.relation, below.relation} <= _OF_WEIGHTS,
    )
