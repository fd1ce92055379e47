"""The manual page ajar(1), from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

_HEAD = '.\\" Written by tools/docs.py; run `make docs`.'


def page() -> str:
    """The page in the language of man(7)."""
    import ajar.cli.commands as module
    from ajar.config import VERSION
    from ajar.errors import ExitCode

    lines = [_HEAD, f'.TH AJAR 1 "" "ajar {VERSION}" "User Commands"', ".SH NAME"]
    lines += [
        "ajar \\- how open an AI model release is, under what licence, made of what, and whether it is safe to load"
    ]
    lines += [
        ".SH SYNOPSIS",
        ".B ajar",
        "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
    ]
    lines += _words(module.cli.help)
    lines += _options(module.cli)
    lines += [".SH COMMANDS"]
    for name, command in sorted(module.cli.commands.items()):
        lines += _command(name, command)
        for inner, child in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            lines += _command(f"{name} {inner}", child)
    lines += [".SH ENVIRONMENT"]
    lines += _paragraph(
        "Every option may stand in a variable: AJAR_, the command and the option in capitals, such as "
        "AJAR_GATE_POLICY. AJAR_OFFLINE, AJAR_NO_CACHE and AJAR_QUIET hold for every command. AJAR_CACHE names the "
        "folder of the cache, AJAR_LICENCES one with licences of your own. NO_COLOR turns colours off."
    )
    lines += [".SH FILES"]
    lines += _paragraph(
        "ajar.toml, or the table tool.ajar of pyproject.toml, from the working folder upwards, holds defaults: a "
        "table for each command."
    )
    lines += [".SH EXIT STATUS"]
    for code in ExitCode:
        lines += [".TP", f".B {code.value}", _text(_CODES[code.name])]
    return "\n".join(lines) + "\n"


_CODES = {
    "OK": "done; nothing at or above the threshold",
    "POLICY": "--fail-on was reached, or a rule of the policy or the lock failed",
    "USAGE": "arguments or configuration make no sense",
    "TARGET": "the target is not there, not readable, or holds no model",
    "INCOMPLETE": "--strict, and something could not be read",
    "INTERNAL": "a fault of ajar's own",
}


def _command(name: str, command: click.Command) -> Iterator[str]:
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    shown = " ".join(f"\\fI{_text((item.metavar or item.name or '').strip('[]'))}\\fR" for item in arguments)
    yield f".SS ajar {_text(name)} {shown}".rstrip()
    yield from _words(command.help)
    yield from _options(command)


def _options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if not isinstance(option, click.Option):
            continue
        value = ""
        if isinstance(option.type, click.Choice):
            value = " \\fI" + _text("|".join(map(str, option.type.choices))) + "\\fR"
        elif not option.is_flag:
            value = f" \\fI{_text(option.metavar or option.type.name.upper())}\\fR"
        words = ", ".join(f"\\fB{_text(word)}\\fR" for word in [*option.opts, *option.secondary_opts])
        yield from (".TP", f"{words}{value}", _text(option.help or ""))


def _words(help_text: str | None) -> Iterator[str]:
    """Paragraphs; examples, which begin with a backspace, line by line."""
    for paragraph in cleandoc(help_text or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            head, *rest = paragraph.split("\n")[1:]
            yield from (
                ".PP",
                _text(head),
                ".nf",
                ".RS",
                *(_text(line.strip()) for line in rest),
                ".RE",
                ".fi",
            )
        elif paragraph:
            yield from _paragraph(" ".join(paragraph.split()))


def _paragraph(text: str) -> list[str]:
    return [".PP", _text(text)]


def _text(text: str) -> str:
    """Words that roff shows as they are."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in {".", "'"} else plain
