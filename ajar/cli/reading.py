"""`ajar read`: an article against the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ajar.cli.printing import is_coloured, output, quiet, width, write
from ajar.errors import ExitCode, TargetNotFound, UsageError

if TYPE_CHECKING:
    from ajar.model.article import ArticleReading
    from ajar.model.partial_date import PartialDate


@click.command()
@click.argument("article")
@click.option("--date", metavar="DATE", help="The article's date, such as 2024-03-12 or 2024-03.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@output
@click.option(
    "-v", "--verbose", is_flag=True, help="Show opinions and what is unknown too, and every source."
)
@click.option("--strict", is_flag=True, help="Exit with 1 when a statement is contradicted.")
@click.option(
    "--with-model",
    "url",
    metavar="URL",
    help="Ask a model behind an OpenAI-compatible address to propose further statements. The article is sent there.",
)
@click.option("--model", metavar="NAME", help="The model to ask, as that host names it.")
@click.option(
    "--key-from",
    metavar="VARIABLE",
    default="AJAR_MODEL_KEY",
    show_default=True,
    help="The environment variable that holds the key.",
)
@quiet
def read(
    article: str,
    date: str | None,
    form: str,
    output: Path | None,
    verbose: bool,
    strict: bool,
    url: str | None,
    model: str | None,
    key_from: str,
    quiet: bool,  # noqa: ARG001  reading is done before a line of progress would show
) -> int:
    """Read ARTICLE: which systems and makers it speaks of, how open they are, which statements do not hold.

    ARTICLE is a file (text, Markdown, HTML, PDF) or `-` for what is piped in. Every statement is judged by what was
    known on the article's day. Nothing is sent anywhere unless --with-model names where.

    \b
    Examples:
      ajar read article.txt
      ajar read post.html --format html -o read.html
      ajar read release.md --date 2025-12-03 --format json
      pdftotext paper.pdf - | ajar read - --strict
      ajar read article.txt --with-model https://models.example/v1 --model qwen3
    """
    from ajar import reading

    if (url is None) != (model is None):
        raise UsageError(
            "--with-model and --model go together", hint="give both the address and the model's name"
        )
    data, name = _bytes(article)
    found = reading.read(data, name, date=_date(date))
    if url is not None and model is not None:
        found = _proposed(found, url, model, key_from)
    write(_rendered(found, form, output, verbose=verbose), output)
    contradicted = any(item.verdict.value == "contradicted" for item in found.statements)
    return ExitCode.POLICY if strict and contradicted else ExitCode.OK


def _rendered(found: ArticleReading, form: str, path: Path | None, *, verbose: bool) -> str:
    if form == "json":
        from ajar.reports import article_json

        return article_json.dumps(found)
    if form == "html":
        from ajar.reports import article_html

        return article_html.render(found)
    from ajar.reports import article_text

    return article_text.render(found, verbose=verbose, colour=is_coloured(path), width=width(40))


def _bytes(article: str) -> tuple[bytes, str]:
    from ajar.reading.pages import FILE_BYTES

    if article == "-":
        return sys.stdin.buffer.read(FILE_BYTES + 1), "standard input"
    path = Path(article)
    if not path.exists():
        raise TargetNotFound(f"{article}: no such file", hint="give a file, or - for what is piped in")
    try:
        with path.open("rb") as page:
            return page.read(FILE_BYTES + 1), path.name
    except OSError as error:
        raise UsageError(f"{article}: {error.strerror}", hint="give a file that can be read") from error


def _date(text: str | None) -> PartialDate | None:
    from ajar.model.partial_date import PartialDate

    if text is None:
        return None
    try:
        return PartialDate(text)
    except ValueError as error:
        raise UsageError(
            f"--date {text}: not a date", hint="write it as 2024-03-12, 2024-03 or 2024"
        ) from error


def _proposed(found: ArticleReading, url: str, model: str, key_from: str) -> ArticleReading:
    import os

    from ajar import reading
    from ajar.sources import proposer

    return reading.with_proposals(found, proposer(url, model, os.environ.get(key_from, "")), model)
