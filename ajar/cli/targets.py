"""Targets that stand elsewhere than on the command line: in a list, or in a project."""

from __future__ import annotations

from pathlib import Path

import click

from ajar.errors import TargetNotFound, UsageError

targets_file = click.option(
    "--targets",
    "targets_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also the targets in this file, one a line.",
)
project = click.option(
    "--from",
    "project",
    type=click.Path(exists=True, path_type=Path),
    help="The models that this file, or project folder, uses.",
)


def listed(path: Path | None) -> list[str]:
    """The targets in a file, one a line. Raises `UsageError`."""
    if path is None:
        return []
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a file that can be read") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def used(named: Path | None) -> list[str]:
    """The models that a project names, each said on standard error. Raises `TargetNotFound`."""
    if named is None:
        return []
    from ajar.projects import uses
    from ajar.reports.plain import visible

    found = uses(named)
    if not found:
        hint = "a name that is put together while code runs is not seen; give the target itself"
        raise TargetNotFound(f"{named}: names no model", hint=hint)
    for use in found:
        click.echo(visible(f"{use.path}:{use.line}: {use.target} ({use.how})"), err=True)
    return [use.target for use in found]
