"""What every command shares: options, writing to a file or the terminal, a line of progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import click

from ajar.errors import UsageError

if TYPE_CHECKING:
    from ajar.config import Options
    from ajar.interfaces import Progress

output = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of the terminal.",
)
text_or_json = click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)
quiet = click.option("-q", "--quiet", is_flag=True, envvar="AJAR_QUIET", help="No progress.")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def network(command: _Command) -> _Command:
    """The options of every command that may read from a host."""
    offline = click.option(
        "--offline", is_flag=True, envvar="AJAR_OFFLINE", help="Use no network: answer from the cache alone."
    )
    keep = click.option(
        "--no-cache", is_flag=True, envvar="AJAR_NO_CACHE", help="Keep nothing of what is read from hosts."
    )
    return offline(keep(command))


def name_variables(command: click.Command, prefix: str) -> None:
    """A variable for each option, by its long name: `AJAR_GATE_POLICY` is `ajar gate --policy`."""
    for option in command.params:
        longs = [word for word in option.opts if word.startswith("--")]
        if longs and option.expose_value:  # not --version: AJAR_VERSION may be somebody's own
            own = f"{prefix}_{longs[0].lstrip('-').replace('-', '_').upper()}"
            shared = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
            option.envvar = [own, *shared]
    # Commands that are not loaded yet name theirs when they are.
    if isinstance(command, click.Group) and isinstance(command.commands, dict):
        for name, inner in command.commands.items():
            name_variables(inner, f"{prefix}_{name.replace('-', '_').upper()}")


def options_of(*, offline: bool, no_cache: bool, **more: Any) -> Options:
    from ajar.config import Options

    return Options(offline=offline, keep=not no_cache, **more)


def write(text: str, path: Path | None) -> None:
    """To a file, or to standard output. Raises `UsageError` where it cannot be written."""
    if path is None:
        show(text)
        return
    try:
        path.write_text(
            text if text.endswith("\n") else f"{text}\n", encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a path that can be written") from error


def show(text: str) -> None:
    """To standard output. A reader that has seen enough is no error, and changes no exit code."""
    try:
        click.echo(text, nl=not text.endswith("\n"))
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        hint = "give a file with --output, or free some space"
        raise UsageError(f"standard output: {error.strerror}", hint=hint) from error


def is_coloured(path: Path | None) -> bool:
    return path is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width(least: int = 60, most: int = 110) -> int:
    """Columns of the terminal, within bounds in which the output reads well."""
    from shutil import get_terminal_size

    return max(min(get_terminal_size((80, 24)).columns, most), least)


class ProgressLine:
    """A line on stderr that is rewritten, only on a terminal and only after half a second."""

    def __init__(self, *, enabled: bool) -> None:
        import time

        self._clock = time.monotonic
        self._enabled = enabled and sys.stderr.isatty()
        self._started = self._clock()
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Make room for another line."""
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)

    @property
    def callback(self) -> Progress | None:
        return self._show if self._enabled else None

    def told(self, what: str) -> None:
        """One thing that is being asked for, of nobody knows how many."""
        from ajar.reports.plain import visible

        if self._enabled and self._clock() - self._started > 0.5:
            self._shown = True
            click.echo(f"\r\033[K{visible(what)[:76]}", err=True, nl=False)

    def _show(self, stage: str, done: int, total: int) -> None:
        if self._clock() - self._started > 0.5:
            self._shown = True
            click.echo(f"\r\033[K{stage}: {done} of {total}", err=True, nl=False)
