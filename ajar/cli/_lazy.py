"""A group whose commands are imported when one of them runs; until then a row of a table stands for each."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module  # noqa: TID251  ajar's own modules, by the table of the commands

import click

from ajar.cli.printing import name_variables

PREFIX = "AJAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One command: its name, where it stands in `ajar.cli`, and what the list of commands says of it."""

    name: str
    module: str
    attribute: str
    about: str  # at most 63 characters, which an 80-column terminal has room for


class Commands(MutableMapping[str, click.Command]):
    """Commands by name, each loaded when it is asked for."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = {row.name: row for row in rows}
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        found = self._loaded.get(name)
        if found is None:
            row = self.rows[name]
            found = getattr(import_module(f"ajar.cli.{row.module}"), row.attribute)
            found.short_help = row.about
            self[name] = found
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        name_variables(command, f"{PREFIX}_{name.replace('-', '_').upper()}")
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        self.rows.pop(name, None)
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        yield from {**self.rows, **self._loaded}

    def __len__(self) -> int:
        return len({**self.rows, **self._loaded})


class LazyGroup(click.Group):
    """Shows its help from the table, without loading a command."""

    commands: Commands

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = self.commands.rows
        names = self.list_commands(ctx)
        about = [rows[name].about if name in rows else self.commands[name].short_help or "" for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(list(zip(names, about, strict=True)))
