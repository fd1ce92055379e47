"""What every HTML output shares: one file, no script, no request to anywhere, every string escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files

from ajar.model.evidence import Evidence, Ground
from ajar.reports.plain import visible

_GROUNDS = 4  # shown at one place


def page(title: str, body: str, footer: str, *, style: str = "", what: str = "report") -> str:
    """A whole page. `style` is the name of a further style sheet, `what` the word for what the page holds."""
    sheets = "".join(_asset(name) for name in ("report", style) if name)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{text(title)}</title>\n<style>\n{sheets}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">Skip to the {what}</a>\n'
        f'<main id="main">\n{body}</main>\n{footer}\n</body>\n</html>\n'
    )


def _asset(name: str) -> str:
    return (files("ajar.reports") / "assets" / f"{name}.css").read_text("utf-8")


def text(value: object) -> str:
    """Any string of a release, safe inside text and attributes."""
    return escape(visible(str(value)), quote=True)


def section(title: str, level: int, parts: Iterable[str]) -> str:
    return f"<section><h{level + 1}>{title}</h{level + 1}>{''.join(parts)}</section>\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table whose rows become cards on a narrow page. Heads and cells are HTML already."""
    names = list(heads)
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-head="{name}">{cell}</td>' for name, cell in zip(names, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def grounds(found: Iterable[Ground]) -> str:
    """The first few facts and gaps that something rests on."""
    items = "".join(f"<li>{ground(item)}</li>" for item in list(found)[:_GROUNDS])
    return f"<ul class=because>{items}</ul>" if items else ""


def ground(item: Ground) -> str:
    """One fact, or what could not be observed."""
    if isinstance(item, Evidence):
        quote = f" <q>{text(item.quote)}</q>" if item.quote else ""
        return f"<code>{text(item.location)}</code> {text(item.key)} = {text(item.value)}{quote}"
    return f"<code>{text(item.location)}</code> {text(item.reason.value)}: {text(item.detail)}"
