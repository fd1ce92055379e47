"""`ajar catalogue`: the systems that ship with ajar, and whether their data hold together."""

from __future__ import annotations

import click

from ajar.cli.printing import show
from ajar.errors import ExitCode


@click.group()
def catalogue() -> None:
    """Known systems, makers, people, events and positions, each fact with its source. Works offline.

    \b
    Example:
      ajar catalogue check
    """


@catalogue.command()
def check() -> int:
    """Check the data: fields, ids, dates, names, licences, and a source for every fact. Exit code 1 when some fail."""
    from ajar import rights
    from ajar.catalogue import load
    from ajar.catalogue.check import check as problems_of

    def is_known(licence: str) -> bool:
        found = rights.resolve(licence)
        return found is not None and found.id == licence

    problems = problems_of(is_known)
    for problem in problems:
        show(str(problem))
    if problems:
        show(f"{len(problems)} problems")
        return ExitCode.POLICY
    known = load()
    show(
        f"{len(known.systems)} systems, {len(known.organisations)} organisations, {len(known.people)} people, "
        f"{len(known.products)} products, {len(known.events)} events, {len(known.positions)} positions, "
        f"{len(known.arguments)} arguments: nothing amiss"
    )
    return ExitCode.OK
