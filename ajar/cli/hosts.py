"""Commands about what hosts keep: differences, lines of base models, the models a project uses, the cache."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ajar.cli.printing import ProgressLine, network, options_of, output, quiet, show, text_or_json, write
from ajar.errors import ExitCode, UsageError


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@click.option("--since", metavar="DATE", help="Against what stood there before DATE, such as 2026-01-31.")
@text_or_json
@output
@quiet
@network
def diff(
    before: str,
    after: str | None,
    since: str | None,
    form: str,
    output: Path | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """What changed from BEFORE to AFTER: two releases, or two revisions of one. Licences come first.

    \b
    Examples:
      ajar diff ./model-v1 ./model-v2
      ajar diff org/model@v1.0 org/model
      ajar diff org/model --since 2026-01-01
    """
    from ajar.diffing import diff as compare
    from ajar.model.locator import Locator
    from ajar.pipeline import audit
    from ajar.reports import diff_text

    options = options_of(offline=offline, no_cache=no_cache)
    if (after is None) == (since is None):
        raise UsageError("one thing to compare with is needed", hint="give a second target, or --since DATE")
    old: Locator | str = before
    new = after or before
    if since is not None:
        if not _is_date(since):
            raise UsageError(f"--since {since}: not a date", hint="write it as 2026-01-31")
        from ajar.sources import before as at_date

        old = at_date(Locator.parse(before), since, options)
    with ProgressLine(enabled=not quiet) as progress:
        found = compare(
            audit(old, options, progress=progress.callback), audit(new, options, progress=progress.callback)
        )
    write(diff_text.dumps(found) if form == "json" else diff_text.render(found), output)
    return ExitCode.OK


def _is_date(text: str) -> bool:
    from datetime import datetime

    try:
        return len(text) >= len("2026-01-31") and datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


@click.command()
@click.argument("target")
@text_or_json
@output
@click.option(
    "--html",
    "html_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the tree as one HTML file.",
)
@quiet
@network
def lineage(
    target: str,
    form: str,
    output: Path | None,
    html_path: Path | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """The line of base models of TARGET up to the root, each by its card, licence and configuration.

    \b
    Examples:
      ajar lineage org/model-GGUF
      ajar lineage org/model --html lineage.html
      ajar lineage ./my-adapter --format json
    """
    from dataclasses import asdict

    import ajar
    from ajar.chain import follow
    from ajar.pipeline import audit
    from ajar.reports import tree

    options = options_of(offline=offline, no_cache=no_cache)
    with ProgressLine(enabled=not quiet) as progress:
        report = audit(target, options, progress=progress.callback)
        links = tuple(follow(report, options, told=progress.told))
    nodes = tree.of_links(links)
    if form == "json":
        body = {
            "schema": "ajar-lineage/1",
            "target": report.target,
            "links": [asdict(link) for link in links],
        }
        write(json.dumps(body, indent=2) + "\n", output)
    else:
        write(tree.text(report.title, nodes), output)
    if html_path is not None:
        page = tree.page(report.title, nodes, target=report.target, version=ajar.__version__)
        write(page, html_path)
        click.echo(f"HTML: {html_path}", err=True)
    return ExitCode.OK


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@text_or_json
def uses(path: Path, form: str) -> int:
    """List the models that PATH, a source, build file, settings or a project folder, uses.

    \b
    Examples:
      ajar uses .
      ajar uses Dockerfile --format json
    """
    from dataclasses import asdict

    from ajar.projects import uses as find
    from ajar.reports.plain import visible

    found = find(path)
    if form == "json":
        show(json.dumps([asdict(use) for use in found], indent=2))
    else:
        show(
            "\n".join(visible(f"{use.target:<48} {use.path}:{use.line} ({use.how})") for use in found)
            or "none"
        )
    return ExitCode.OK


@click.command()
@click.option("--clear", is_flag=True, help="Remove everything that was kept.")
def cache(clear: bool) -> int:
    """Say what is kept of what was read from hosts, and where.

    \b
    Examples:
      ajar cache
      ajar cache --clear
    """
    from ajar.sources import cache_of

    kept = cache_of(None)
    if clear:
        show(f"removed {kept.clear()} files from {kept.folder}")
    else:
        size = kept.size()
        show(f"{kept.folder}: {size['files']} files, {size['bytes'] / 1e6:.1f} MB")
    return ExitCode.OK
