"""The command line: parse, call, render, exit. Nothing is decided here."""

from __future__ import annotations

import sys
from typing import NoReturn

from ajar.cli.commands import cli
from ajar.errors import AjarError, ExitCode


def main() -> NoReturn:
    """Entry point of `ajar`. Every failure is one message, a hint and an exit code."""
    import click

    try:
        code = cli.main(standalone_mode=False, prog_name="ajar")
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except AjarError as error:
        click.echo(f"ajar: {_visible(error.message)}", err=True)
        if error.hint:
            click.echo(f"      {_visible(error.hint)}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001  the last resort: a fault of ajar's own, said as such
        sys.exit(_fault(error))
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _fault(error: Exception) -> ExitCode:
    """Say where ajar itself went wrong; the whole trace only for those who ask."""
    import os
    import traceback
    from pathlib import Path

    if os.environ.get("AJAR_DEBUG"):
        traceback.print_exception(error)
        return ExitCode.INTERNAL
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    sys.stderr.write(
        f"ajar: a fault in ajar itself: {type(error).__name__}: {_visible(str(error)[:300])}{where}\n"
        "      nothing was decided; please report it with what AJAR_DEBUG=1 prints\n"
    )
    return ExitCode.INTERNAL


def _visible(text: str) -> str:
    """Control characters spelled out: a file name must not drive the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
