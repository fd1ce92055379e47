"""The tree of base models: its shape, and hostile names in it."""

from __future__ import annotations

from ajar.model.evidence import Location
from ajar.model.lineage import Link, Parent, Relation
from ajar.reports import tree

EVIL = "org/<script>alert(1)</script>\x1b[31m\u202e"


def link(name: str, of: str = "me/a", depth: int = 1, **more) -> Link:
    return Link(name=name, of=of, depth=depth, relation="finetune", stated_at="README.md:2", **more)


def test_corners_and_branches() -> None:
    nodes = tree.of_links(
        (
            link("org/b", licences=("MIT",)),
            link("org/c", problem="the host has no such release"),
            link("org/d", "org/b", 2, licences=()),
        )
    )
    assert tree.text("me/a", nodes).splitlines() == [
        "me/a",
        "├─ fine-tuned from org/b: MIT (README.md:2)",
        "│  └─ fine-tuned from org/d: no licence found (README.md:2)",
        "└─ fine-tuned from org/c: the host has no such release (README.md:2)",
    ]


def test_no_base_is_said() -> None:
    assert "no base model is named" in tree.text("me/a", tree.of_links(()))
    assert "no base model is named" in tree.page("me/a", (), target="hf:me/a", version="1")


def test_hostile_names_are_text_everywhere() -> None:
    nodes = tree.of_links((link(EVIL, licences=(EVIL,), problem=EVIL),))
    page = tree.page(EVIL, nodes, target=EVIL, version="1")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    for shown in (page, tree.text(EVIL, nodes)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_the_page_stands_alone() -> None:
    page = tree.page("me/a", tree.of_links((link("org/b"),)), target="hf:me/a", version="1")
    assert page.startswith("<!doctype html>")
    assert "prefers-color-scheme: dark" in page
    assert "default-src 'none'" in page
    assert "http://" not in page
    assert "https://" not in page


def test_parents_of_a_report() -> None:
    def parent(name: str, **more) -> Parent:
        return Parent(id=name, relation=Relation.QUANTIZED, location=Location(path="README.md"), **more)

    nodes = tree.of_parents(
        (
            parent("org/b", subject="small"),
            parent("org/c", of="org/b", depth=2, is_hint=True),
            parent("org/b", of="org/c", depth=3, problem="leads back", binds=False),
        )
    )
    assert list(tree.lines(nodes)) == [
        "└─ small: quantised from org/b: licence not known here (README.md)",
        "   └─ quantised from org/c: licence not known here (README.md, a hint)",
        "      └─ quantised from org/b: leads back (README.md)",
    ]
