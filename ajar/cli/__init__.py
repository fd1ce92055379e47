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
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.OK)
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _visible(text: str) -> str:
    """Control characters spelled out: a file name must not drive the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
