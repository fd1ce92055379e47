"""`ajar serve` and `ajar site`: the pages, from a server or as files."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ajar.cli.printing import ProgressLine, quiet, show
from ajar.errors import ExitCode, UsageError

_HINT = 'install what they need: pip install "ajar[web]"'


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8627, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help="A name that browsers call it by. Repeatable."
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep audits in this SQLite file, not in memory.",
)
def serve(host: str, port: int, names: tuple[str, ...], store: Path | None) -> int:
    """Start the site on this machine: every known system as a door, makers, timeline, licences, instruments.

    It listens on loopback unless --host says otherwise, answers only to its own names, and asks no other host
    for anything to show a page. Needs the extra `ajar[web]`.

    Releases on public hubs can be audited from the page. On other addresses than loopback that is off, unless the
    variable AJAR_WEB_TOKEN holds a token that visitors then have to give.

    \b
    Examples:
      ajar serve
      ajar serve --store audits.db
      ajar serve --port 8000
      ajar serve --host 0.0.0.0 --name ajar.example.org
    """
    _needs_extra()
    from ajar.web.audits import checked_token
    from ajar.web.serving import Settings, run

    token = checked_token(os.environ.get("AJAR_WEB_TOKEN", ""))
    run(Settings(host=host, port=port, names=names, token=token, store=store), started=show)
    return ExitCode.OK


@click.group()
def site() -> None:
    """The pages of `ajar serve` as files.

    \b
    Example:
      ajar site build public
    """


@site.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", default="", metavar="URL", help="Where it will be published, for the feed.")
@quiet
def build(folder: Path, url: str, quiet: bool) -> int:
    """Write every page that needs no server into FOLDER, with its JSON and CSV twins, badges and feed.

    FOLDER is new, empty, or the work of this command. Any web server can serve it, under any path.

    \b
    Examples:
      ajar site build public
      ajar site build public --url https://example.org/doors
    """
    if url and not url.startswith(("https://", "http://")):
        raise UsageError(f"--url {url}: no web address", hint="such as https://example.org/doors")
    _needs_extra()
    from ajar.web.export import build as write
    from ajar.web.site import Site

    with ProgressLine(enabled=not quiet) as progress:
        count = write(Site(address=url), folder, progress=progress.callback)
    show(f"{count} files in {folder}")
    return ExitCode.OK


def _needs_extra() -> None:
    """Raises `UsageError` when the extra is not installed."""
    try:
        import jinja2  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401  all three, before anything is begun
    except ImportError as error:
        raise UsageError(f"the pages need {error.name}, which is not installed", hint=_HINT) from error
