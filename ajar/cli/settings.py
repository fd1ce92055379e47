"""Defaults of options from `ajar.toml` or `[tool.ajar]` in `pyproject.toml`: the nearest file above wins.

What stands on the command line counts more than `AJAR_*` variables, and these more than a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ajar.errors import UsageError

NAME = "ajar.toml"
PROJECT = "pyproject.toml"
FILE_BYTES = 2**20
# Options that several commands share may stand once, above the tables of the commands.
_SHARED = ("offline", "no_cache", "quiet")
# What writes is asked for by a person: the settings may lie in a folder that a stranger published.
_WRITING = frozenset({"output", "html", "json", "markdown", "force", "write", "clear", "update"})
# Values that name a file or something else: a file beside the settings goes first.
_MAYBE_PATHS = frozenset({"policy_name"})


def defaults(group: click.Group, folder: Path) -> Mapping[str, Any]:
    """A default map for click. Raises `UsageError` for settings that no command has."""
    path = nearest(folder)
    if path is None:
        return {}
    table = _table(path)
    if not table:
        return {}
    found = _for_group(group, table, path, "")
    click.echo(f"ajar: settings from {path}", err=True)
    return found


def nearest(folder: Path) -> Path | None:
    """The first `ajar.toml`, or `pyproject.toml` with a table for ajar, from the folder upwards."""
    for place in (folder, *folder.parents):
        own, project = place / NAME, place / PROJECT
        if own.is_file():
            return own
        if project.is_file() and b"tool.ajar" in _read(project):
            return project
    return None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            data = handle.read(FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="make it readable, or use --no-config") from error
    if len(data) > FILE_BYTES:
        raise UsageError(f"{path}: larger than 1 MiB", hint="use --no-config")
    return data


def _table(path: Path) -> Mapping[str, Any]:
    import tomllib

    try:
        value = tomllib.loads(_read(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {str(error)[:160]}", hint="mend it, or use --no-config") from error
    if path.name == NAME:
        return value
    tool = value.get("tool")
    found = tool.get("ajar") if isinstance(tool, dict) else None
    return found if isinstance(found, dict) else {}


def _for_group(group: click.Group, table: Mapping[str, Any], path: Path, above: str) -> dict[str, Any]:
    shared = {key: value for key, value in table.items() if key.replace("-", "_") in _SHARED}
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        own = table.get(name, {})
        if not isinstance(own, dict):
            raise UsageError(f"{path}: {above}{name} is not a table", hint=f"write: [{above}{name}]")
        if isinstance(command, click.Group):
            found[name] = _for_group(command, {**shared, **own}, path, f"{above}{name}.")
        else:
            found[name] = dict(_for_command(command, own, shared, path, f"{above}{name}"))
    unknown = [key for key in table if key not in group.commands and key not in shared]
    if unknown:
        raise _unknown(path, f"{above}{unknown[0]}", unknown[0], [*group.commands, *_SHARED])
    return found


def _for_command(
    command: click.Command,
    own: Mapping[str, Any],
    shared: Mapping[str, Any],
    path: Path,
    name: str,
) -> Iterator[tuple[str, Any]]:
    options = {
        word: item for item in command.params if isinstance(item, click.Option) for word in _words(item)
    }
    for key, value in shared.items():
        option = options.get(key.replace("-", "_"))
        if option is not None:
            yield str(option.name), value
    for key, value in own.items():
        option = options.get(key.replace("-", "_"))
        if option is None or option.name is None:
            raise _unknown(path, f"{name}.{key}", key, [word.replace("_", "-") for word in options])
        if not _WRITING.isdisjoint(_words(option)):
            hint = "give it on the command line"
            raise UsageError(f"{path}: {name}.{key} writes, and is not taken from a file", hint=hint)
        _check(option, value, f"{path}: {name}.{key}")
        yield option.name, _placed(option, value, path.parent)


def _words(option: click.Option) -> list[str]:
    return [word.lstrip("-").replace("-", "_") for word in option.opts if word.startswith("--")]


def _check(option: click.Option, value: Any, where: str) -> None:
    if option.is_flag and not isinstance(value, bool):
        raise UsageError(f"{where}: must be true or false", hint="without quotes")
    if option.multiple and not isinstance(value, list):
        raise UsageError(f"{where}: must be a list", hint='such as ["a", "b"]')
    if not option.multiple and isinstance(value, (list, dict)):
        raise UsageError(f"{where}: must be one value", hint="not a list or a table")


def _placed(option: click.Option, value: Any, folder: Path) -> Any:
    """Paths are meant from the folder of the settings."""
    if isinstance(value, list):
        return [_placed(option, item, folder) for item in value]
    if not isinstance(value, str) or Path(value).is_absolute():
        return value
    there = folder / value
    is_path = isinstance(option.type, click.Path) or (option.name in _MAYBE_PATHS and there.exists())
    return str(there) if is_path else value


def _unknown(path: Path, name: str, key: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known[:12])}"
    return UsageError(f"{path}: {name} is not known", hint=hint)
