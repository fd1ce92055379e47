"""Targets that stand elsewhere than on the command line: in a list, or in a project."""

from __future__ import annotations

from pathlib import Path

import click

from ajar.errors import TargetNotFound, UsageError


def listed(path: Path | None) -> list[str]:
    """The targets in a file, one a line. Raises `UsageError`."""
    if path is None:
        return []
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give a file that can be read") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def used(project: Path | None) -> list[str]:
    """The models that a project names, each said on standard error. Raises `TargetNotFound`."""
    if project is None:
        return []
    from ajar.projects import uses
    from ajar.reports.plain import visible

    found = uses(project)
    if not found:
        hint = "a name that is put together while code runs is not seen; give the target itself"
        raise TargetNotFound(f"{project}: names no model", hint=hint)
    for use in found:
        click.echo(visible(f"{use.path}:{use.line}: {use.target} ({use.how})"), err=True)
    return [use.target for use in found]
