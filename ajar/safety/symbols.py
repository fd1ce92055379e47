"""Which names a pickle may import and call: the reviewed table, and what holds for names that are not in it.

Rows are data (`data/symbols/*.tsv`). The first that fits decides: the exact pair, the name anywhere in its
package, a pattern of its module, the rule for the standard library (whatever was not reviewed there is dangerous, because everything that
honest pickles need of it was), and last: not reviewed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path


class Tier(StrEnum):
    """How far a name may be trusted in a pickle."""

    INERT = "inert"  # import and call it with any arguments
    CLASS = "class"  # a reviewed package's class: may be constructed and given its state
    NAMED = "named"  # may be named, and where it is a class given its state; calling it acts
    CONDITIONAL = "conditional"  # fine where its condition holds
    UNREVIEWED = "unreviewed"
    DANGEROUS = "dangerous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One row. `effect`: exec, read, write, net, import, code, mutate or dos; `condition` names a predicate."""

    module: str
    name: str
    tier: Tier
    effect: str = ""
    condition: str = ""
    reason: str = ""
    source: str = ""
    date: str = ""
    weights_only: bool = False


EFFECTS: Mapping[str, str] = {
    "exec": "runs commands or code",
    "read": "reads files",
    "write": "writes or deletes files",
    "net": "opens connections",
    "import": "imports and resolves names",
    "code": "builds code objects",
    "mutate": "changes the interpreter",
    "dos": "exhausts memory or time",
    "deserialise": "loads another stream with code in it",
}

# Gone from newer versions, or only on other systems, and so not in `sys.stdlib_module_names` everywhere.
_FORMER_WORDS = (
    "asynchat asyncore audioop binhex cgi cgitb chunk commands crypt distutils exceptions fpectl "
    "formatter imghdr imp lib2to3 macpath mailcap md5 msilib new nis nntplib nt ossaudiodev parser pipes "
    "popen2 posix rexec sets sha smtpd sndhdr spwd sunau symbol telnetlib test tkinter turtledemo uu "
    "xdrlib winreg _winreg winsound __builtin__ __builtins__ __main__ copy_reg cPickle cStringIO "
    "StringIO urllib2 urlparse httplib thread dummy_thread _dummy_thread _winapi msvcrt idlelib "
    "ensurepip pip setuptools pkg_resources wheel site sitecustomize usercustomize _posixsubprocess "
    "_frozen_importlib _frozen_importlib_external ConfigParser Queue anydbm SimpleHTTPServer "
    "BaseHTTPServer CGIHTTPServer SocketServer xmlrpclib robotparser ftplib compiler user bsddb dbhash "
    "gdbm dl htmllib sgmllib toaiff ihooks hotshot mhlib mimetools mutex posixfile statvfs whichdb"
)
_FORMER = frozenset(_FORMER_WORDS.split())
_DUNDER = re.compile(r"^__\w+__$")
# Modules that other modules hold as attributes: a dotted name through one of them leaves the module it names.
_LEADS_OUT_WORDS = (
    "os sys subprocess builtins importlib shutil socket pickle ctypes types operator functools io "
    "pathlib tempfile inspect code runpy pty platform threading multiprocessing asyncio urllib requests "
    "marshal copyreg posix nt"
)
LEADS_OUT = frozenset(_LEADS_OUT_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of one top-level package."""

    exact: Mapping[tuple[str, str], Symbol]
    anywhere: Mapping[str, tuple[Symbol, ...]]  # by name, whichever module of the package holds it
    patterns: tuple[Symbol, ...]  # most specific first


_NOTHING = _Table({}, {}, ())
_CYTHON = Symbol(
    module="", name="", tier=Tier.INERT, reason="how Cython rebuilds an object of the class that it is given"
)


def lookup(module: str, name: str) -> Symbol:
    """What is known of a name. Never fails: a name without a row is `UNREVIEWED`, or worse."""
    top = module.partition(".")[0]
    table = _table(top) if top in _lines() else _NOTHING
    if name.startswith("__pyx_unpickle_") and table is not _NOTHING:
        return _CYTHON
    found = table.exact.get((module, name))
    if found is not None:
        return found
    for row in table.anywhere.get(name, ()):
        if _inside(row, module):
            return row
    if "." in name:
        return _dotted(module, name)
    for row in table.patterns:
        if _inside(row, module) and _is_named(row.name, name):
            return row
    if is_standard(top):
        return Symbol(
            module=module,
            name=name,
            tier=Tier.DANGEROUS,
            effect=_effect_of(top),
            reason="nothing that honest models store needs it",
        )
    return Symbol(module=module, name=name, tier=Tier.UNREVIEWED)


def is_standard(module: str) -> bool:
    """Whether a module is of the standard library, of this version or another."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top in _FORMER


def is_known_package(top: str) -> bool:
    """Whether the standard library or a row of the table speaks of a top-level package."""
    return is_standard(top) or top in _lines()


def _dotted(module: str, name: str) -> Symbol:
    """A path through attributes. Classes in classes, and a class's public methods when only named, are ordinary."""
    parts = name.split(".")
    first = lookup(module, parts[0])
    reach = [part for part in parts if part in LEADS_OUT or _DUNDER.match(part)]
    ordinary = first.tier in {Tier.INERT, Tier.CLASS, Tier.NAMED, Tier.UNREVIEWED} and not reach
    if ordinary and all(part.lstrip("_")[:1].isupper() for part in parts):
        return first
    if ordinary and (_is_method(parts) or first.tier is not Tier.UNREVIEWED) and parts[-1].isidentifier():
        if first.tier is Tier.UNREVIEWED:
            return first
        reason = f"a part of {first.reason}; honest pickles name it and do not call it"
        return replace(first, name=name, tier=Tier.NAMED, effect="", reason=reason)
    why = f"through {reach[0]}" if reach else "a path through attributes, which honest pickles do not take"
    return Symbol(module=module, name=name, tier=Tier.DANGEROUS, effect="import", reason=why)


def _is_method(parts: Sequence[str]) -> bool:
    return all(part.lstrip("_")[:1].isupper() for part in parts[:-1])


def _inside(row: Symbol, module: str) -> bool:
    prefix = row.module.removesuffix(".**")
    return module == prefix or (row.module.endswith(".**") and module.startswith(f"{prefix}."))


def _is_named(pattern: str, name: str) -> bool:
    if pattern == "*":
        return True
    if pattern == "[A-Z]*":
        return name.lstrip("_")[:1].isupper() and not _DUNDER.match(name)
    return pattern.endswith("*") and name.startswith(pattern[:-1])


def _effect_of(top: str) -> str:
    return _STDLIB_EFFECTS.get(top, "exec")


_STDLIB_EFFECTS = {
    word: effect
    for effect, words in {
        "net": "socket ssl _socket _ssl http urllib urllib2 httplib ftplib smtplib poplib imaplib telnetlib nntplib "
        "xmlrpc xmlrpclib socketserver webbrowser asyncio smtpd",
        "write": "shutil tempfile pathlib zipfile tarfile dbm shelve sqlite3 logging fileinput compileall py_compile",
        "read": "io _io linecache tokenize netrc configparser csv mmap glob codecs gzip bz2 lzma",
        "import": "importlib imp _imp pkgutil zipimport runpy modulefinder _frozen_importlib",
        "code": "types code codeop marshal dis ast compiler inspect",
        "mutate": "sys gc atexit signal faulthandler warnings builtins __builtin__ copyreg copy_reg",
        "deserialise": "pickle _pickle cPickle plistlib",
    }.items()
    for word in words.split()
}


@cache
def _lines() -> Mapping[str, tuple[str, ...]]:
    """The table's lines by top-level package; they are taken apart when a stream names that package."""
    found: dict[str, list[str]] = {}
    # By path: importlib.resources imports tempfile and its kin, which is most of what this table costs.
    for page in sorted((Path(__file__).parent / "data" / "symbols").glob("*.tsv")):
        for line in page.read_text("utf-8").splitlines()[1:]:
            top = line.partition("\t")[0].partition(".")[0]
            found.setdefault(top, []).append(line)
    return {top: tuple(lines) for top, lines in found.items()}


@cache  # one entry for each package of the table, at most
def _table(top: str) -> _Table:
    exact: dict[tuple[str, str], Symbol] = {}
    anywhere: dict[str, list[Symbol]] = {}
    patterns: list[Symbol] = []
    for row in _rows(top):
        if "*" in row.name:
            patterns.append(row)
        elif "*" in row.module:
            anywhere.setdefault(row.name, []).append(row)
        else:
            exact[row.module, row.name] = row
    narrow = {name: tuple(sorted(rows, key=_breadth)) for name, rows in anywhere.items()}
    return _Table(exact, narrow, tuple(sorted(patterns, key=_breadth)))


def _breadth(row: Symbol) -> tuple[bool, int, bool, int]:
    """Narrow patterns first: one module before a tree, a name's beginning before any class before any name."""
    return (row.name == "*", -len(row.module), row.name == "[A-Z]*", -len(row.name))


def _rows(top: str) -> Iterator[Symbol]:
    """Rows of `module names tier effect condition weights-only reason source date`; names are separated by spaces."""
    for line in _lines()[top]:
        module, names, tier, effect, condition, plain, reason, source, date = line.split("\t")
        for name in names.split():
            yield Symbol(
                module=module,
                name=name,
                tier=Tier(tier),
                effect=effect,
                condition=condition,
                reason=reason,
                source=source,
                date=date,
                weights_only=plain == "yes",
            )
