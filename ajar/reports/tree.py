"""The line of base models as a tree: for the terminal, as part of a page, as a page of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ajar.model.evidence import Basis
from ajar.model.lineage import Link, Parent, Relation
from ajar.reports.html_page import page as _page
from ajar.reports.html_page import text as _t
from ajar.reports.plain import visible
from ajar.reports.words import RELATION_WORDS

_NO_BASE = "no base model is named: it stands at a root, or does not say"
_NOT_KNOWN = "licence not known here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One base model, and those it comes from in turn."""

    name: str
    how: str
    licence: str  # in words
    where: str = ""  # the place that names it
    problem: str = ""
    above: tuple[Node, ...] = ()


def of_links(links: Sequence[Link]) -> tuple[Node, ...]:
    """The tree that `ajar lineage` found."""
    return _links(links, links[0].of if links else "", 1)


def _links(links: Sequence[Link], of: str, depth: int) -> tuple[Node, ...]:
    return tuple(
        Node(
            name=link.name,
            how=_how(Relation(link.relation)),
            licence=", ".join(link.licences) or ("" if link.problem else "no licence found"),
            where=link.stated_at,
            problem=link.problem,
            above=() if link.problem else _links(links, link.name, depth + 1),
        )
        for link in links
        if link.of == of and link.depth == depth
    )


def of_parents(parents: Sequence[Parent]) -> tuple[Node, ...]:
    """The tree of a report's parents."""
    return _parents(parents, "", 1)


def _parents(parents: Sequence[Parent], of: str, depth: int) -> tuple[Node, ...]:
    return tuple(
        Node(
            name=parent.id,
            how=(f"{parent.subject}: " if parent.subject else "") + _how(parent.relation),
            licence=(" or " if parent.choice else " and ").join(item.id for item in parent.licences)
            or ("" if parent.problem else _NOT_KNOWN),
            where=f"{parent.location}"
            + (", a hint" if parent.is_hint else ", inferred" if parent.basis is Basis.INFERRED else ""),
            problem=parent.problem,
            above=_parents(parents, parent.id, depth + 1) if parent.binds or not parent.problem else (),
        )
        for parent in parents
        if parent.of == of and parent.depth == depth
    )


def _how(relation: Relation) -> str:
    return "based on" if relation is Relation.UNKNOWN else RELATION_WORDS[relation]


def lines(nodes: Sequence[Node], *, before: str = "") -> Iterator[str]:
    """One line a model, with corners; every string of a release made visible."""
    for number, node in enumerate(nodes):
        is_last = number + 1 == len(nodes)
        said = "; ".join(words for words in (node.licence, node.problem) if words)
        place = f" ({node.where})" if node.where else ""
        yield visible(f"{before}{'└─' if is_last else '├─'} {node.how} {node.name}: {said}{place}")
        yield from lines(node.above, before=before + ("   " if is_last else "│  "))


def text(title: str, nodes: Sequence[Node]) -> str:
    """The whole tree, from the release up."""
    return "\n".join([visible(title), *(lines(nodes) if nodes else (f"  {_NO_BASE}",))])


def html(nodes: Sequence[Node]) -> str:
    """The tree as nested lists."""
    if not nodes:
        return f"<p>{_NO_BASE}</p>"
    items = "".join(f"<li>{''.join(_item(node))}</li>" for node in nodes)
    return f'<ul class="tree">{items}</ul>'


def _item(node: Node) -> Iterator[str]:
    yield f"{_t(node.how)} <code>{_t(node.name)}</code>:"
    if node.licence:
        yield f" <strong>{_t(node.licence)}</strong>"
    if node.problem:
        yield f' <span class="partial">{_t(node.problem)}</span>'
    if node.where:
        yield f' <span class="note">({_t(node.where)})</span>'
    if node.above:
        yield html(node.above)


def page(title: str, nodes: Sequence[Node], *, target: str, version: str) -> str:
    """The tree as one HTML file: no script, no request to anywhere."""
    body = (
        f"<header><h1>{_t(title)}</h1><p>What it comes from, up to the roots. Each base model by its card, licence and "
        f"configuration; whatever is marked could not be followed.</p></header>{html(nodes)}"
    )
    foot = f"<footer><p>Read by ajar {_t(version)}. Target: <code>{_t(target)}</code>.</p></footer>"
    return _page(f"{title}: where it comes from (ajar)", body, foot)
