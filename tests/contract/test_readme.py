"""What the documents promise: commands that exist, links that lead somewhere, examples that run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from tests.build.releases import apache_text, write_release

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>[\w-]*)[^\n]*\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
MAKE = re.compile(r"\bmake ([a-z]+)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def code_of(path: Path) -> str:
    """What a document sets as code: fenced blocks and code spans."""
    text = path.read_text("utf-8")
    blocks = "\n".join(match["body"] for match in FENCE.finditer(text))
    return blocks + "\n" + "\n".join(re.findall(r"`([^`\n]+)`", FENCE.sub("", text)))


def test_the_root_documents_are_there() -> None:
    names = {path.name for path in DOCUMENTS}
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "index.md"} <= names
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")[:200]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_make_verbs_exist(path: Path) -> None:
    assert set(MAKE.findall(code_of(path))) <= verbs()


def test_the_readme_names_the_verbs_a_newcomer_needs() -> None:
    assert {"demo", "dev", "test", "lint"} <= set(MAKE.findall(code_of(ROOT / "README.md")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_ajar_commands_and_options_exist(path: Path) -> None:
    from ajar.cli.commands import cli

    for line in re.findall(r"^\$? ?(?:\.venv/bin/)?(ajar [^\n#|>]+)", code_of(path), re.MULTILINE):
        words = shlex.split(line)[1:]
        if not words or words[0].startswith("-") or words[0] == "COMMAND":
            continue
        assert words[0] in cli.commands, line
        command = cli.commands[words[0]]
        if isinstance(command, click.Group):
            first = next((word for word in words[1:] if not word.startswith("-")), "COMMAND")
            # `ajar licence FILE` reads FILE, `ajar catalogue` lists, `ajar survey` runs; no other group has a command by default.
            default = command.commands.get(
                {"licence": "read", "catalogue": "list", "survey": "run"}.get(words[0], "")
            )
            if first == "COMMAND" and default is None:  # the group itself is spoken of
                continue
            command = command.commands.get(first, default)
            assert command is not None, line
        options = [word for param in command.params for word in (*param.opts, *param.secondary_opts)]
        known = {*options, "--help", "-h"}
        used = {word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)}
        assert used <= known, line


def anchors(path: Path) -> set[str]:
    """Anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.strip().replace(" ", "-") for word in words}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for match in LINK.finditer(FENCE.sub("", path.read_text("utf-8"))):
        target, _, anchor = match["target"].partition("#")
        if target.startswith(("https://", "mailto:")):
            continue
        file = (path.parent / target).resolve() if target else path
        whole = file.exists() and file.is_relative_to(ROOT)
        if not whole or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(match["target"])
    assert broken == []


def python_examples() -> list[str]:
    text = (ROOT / "docs" / "python-api.md").read_text("utf-8")
    return [match["body"] for match in FENCE.finditer(text) if match["language"] == "python"]


def test_there_are_python_examples() -> None:
    assert len(python_examples()) >= 2


@pytest.mark.parametrize("number", range(len(python_examples())))
def test_python_examples_run(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each runs on its own, in a folder where `my-model` is a small release under Apache-2.0."""
    write_release(tmp_path / "my-model", licence=apache_text())
    monkeypatch.chdir(tmp_path)
    exec(compile(python_examples()[number], f"python-api.md, example {number + 1}", "exec"), {})


def test_every_decision_and_page_is_reachable_from_the_index() -> None:
    seen: set[Path] = set()
    queue = [ROOT / "docs" / "index.md"]
    while queue:
        page = queue.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for match in LINK.finditer(page.read_text("utf-8")):
            target = (page.parent / match["target"].partition("#")[0]).resolve()
            if target.is_file() and target.is_relative_to(ROOT / "docs"):
                queue.append(target)
    assert {path for path in DOCUMENTS if path.is_relative_to(ROOT / "docs")} <= seen
