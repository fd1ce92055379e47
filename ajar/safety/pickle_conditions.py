"""Whether a call of a conditional name is harmless with the arguments that the stream gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ajar.safety.pickle_values import UNKNOWN, Attribute, Literal, Made, Name, Value, strings
from ajar.safety.symbols import LEADS_OUT, Tier, lookup
from ajar.safety.tells import is_code, is_strong

_BIG = 1 << 30  # bytes or items that an argument may ask for
_PLAIN = re.compile(r"[\w.+\- ]*")
_EXCEPTION = ("Error", "Exception", "Warning")


# Methods that stand for an operator: bound to an object that the stream built, they may be stored like any other.
_OPERATORS = frozenset(
    [
        "__iter__",
        "__len__",
        "__getitem__",
        "__contains__",
        "__call__",
        "__next__",
        "__add__",
        "__mul__",
        "__eq__",
    ]
)
_REVIEWED = frozenset([Tier.INERT, Tier.CONDITIONAL])


def texts_in(arguments: Sequence[Value], *, depth: int) -> list[str]:
    return [text for argument in arguments for text in strings(argument, depth=depth)]


def is_exception(name: Name) -> bool:
    return name.name.endswith(_EXCEPTION)


def _is_public(name: Value) -> bool:
    return isinstance(name, str) and all(part and not part.startswith("_") for part in name.split("."))


def _public_attribute(arguments: Sequence[Value]) -> bool:
    """How a bound method is stored. Its name may begin with one underscore: a call of what this gives is judged."""
    if len(arguments) < 2 or arguments[0] is UNKNOWN or not isinstance(arguments[1], str):
        return False
    of = arguments[0]
    if isinstance(of, Name) and lookup(of.module, f"{of.name}.{arguments[1]}").tier in _REVIEWED:
        return True
    if isinstance(of, Made) and arguments[1] in _OPERATORS:
        return True
    if any(not part or part.startswith("__") or part in LEADS_OUT for part in arguments[1].split(".")):
        return False
    return not isinstance(of, Name) or of.symbol.tier in {
        Tier.CLASS,
        Tier.INERT,
        Tier.NAMED,
        Tier.UNREVIEWED,
    }


def _inert_callable(arguments: Sequence[Value]) -> bool:
    return not arguments or arguments[0] is not UNKNOWN


def _harmless(value: Value) -> bool:
    """Whether a callable that a container or an iterator will call by itself does nothing but compute."""
    if isinstance(value, Name):
        return value.symbol.tier is Tier.INERT
    of = value.of if isinstance(value, Made) else None
    if not isinstance(of, Name) or not isinstance(value, Made):
        return value is None
    if of.name in {"attrgetter", "itemgetter"}:
        return True
    return of.name == "partial" and all(map(_harmless, value.arguments[:1]))


def _harmless_callable(arguments: Sequence[Value]) -> bool:
    return not arguments or _harmless(arguments[0])


def _iterates(arguments: Sequence[Value]) -> bool:
    return len(arguments) < 2 or _harmless(arguments[0])


def _harmless_second(arguments: Sequence[Value]) -> bool:
    return len(arguments) < 2 or _harmless(arguments[1])


def _factory(arguments: Sequence[Value]) -> bool:
    """What makes a missing value, called with nothing: a class or a function that computes."""
    first = arguments[0] if arguments else None
    if isinstance(first, Made) and isinstance(first.of, Name) and first.of.name == "partial":
        return _factory(first.arguments)
    if isinstance(first, Name):
        known = first.symbol.tier in {Tier.INERT, Tier.CONDITIONAL, Tier.CLASS}
        return known or (first.symbol.tier in {Tier.NAMED, Tier.UNREVIEWED} and _is_class(first))
    if isinstance(first, Attribute):  # a method of a generator of random numbers, and of nothing else
        maker = first.of.of if isinstance(first.of, Made) else None
        return isinstance(maker, Name) and maker.module == "random"
    return first is None or isinstance(first, Made)


def _is_class(name: Name) -> bool:
    return name.name.rpartition(".")[2].lstrip("_")[:1].isupper()


def _attribute_names(arguments: Sequence[Value]) -> bool:
    return all(not isinstance(item, str) or _is_public(item) for item in arguments) and not any(
        isinstance(item, (Name, Made, Attribute)) or item is UNKNOWN for item in arguments
    )


def _literal_arguments(arguments: Sequence[Value]) -> bool:
    return not any(isinstance(item, (Name, Made, Attribute)) or item is UNKNOWN for item in arguments)


def _literal_or_type(arguments: Sequence[Value]) -> bool:
    return not any(map(is_strong, texts_in(arguments, depth=2)))


def _no_expression(arguments: Sequence[Value]) -> bool:
    """No text that would be evaluated to more than a number or a name."""
    return all(_PLAIN.fullmatch(text) for text in texts_in(arguments, depth=1))


def _small_size(arguments: Sequence[Value]) -> bool:
    total = 1
    for item in arguments:
        for number in item if isinstance(item, tuple) else (item,):
            if isinstance(number, int):
                total *= max(abs(number), 1)
    return total < _BIG and not any(item is UNKNOWN for item in arguments)


def _small_power(arguments: Sequence[Value]) -> bool:
    return all(isinstance(item, int) and abs(item) < 10_000 for item in arguments)


def _makes_first(arguments: Sequence[Value]) -> bool:
    """Calls its first argument: a class or a rebuilder that is known, and no text that gives a call away."""
    first = arguments[0] if arguments else None
    if not isinstance(first, Name) or any(map(is_strong, texts_in(arguments[1:2], depth=2))):
        return False
    known = first.symbol.tier in {Tier.INERT, Tier.CLASS, Tier.CONDITIONAL}
    return known or (first.symbol.tier in {Tier.NAMED, Tier.UNREVIEWED} and is_exception(first))


def _names_toolz(arguments: Sequence[Value]) -> bool:
    """Holds a function, which a text may name as `module:name`: one that is known."""
    function = arguments[1] if len(arguments) > 1 else None
    if not isinstance(function, str):
        return function is not UNKNOWN
    module, _, name = function.partition(":")
    return lookup(module, name).tier in {Tier.INERT, Tier.CLASS, Tier.NAMED}


def _names_scipy(arguments: Sequence[Value]) -> bool:
    """A module of scipy and a function in it."""
    texts = [item for item in arguments[:2] if isinstance(item, str)]
    return len(texts) == 2 and texts[0].startswith("scipy.") and texts[1].isidentifier()


def _latin1(arguments: Sequence[Value]) -> bool:
    return all(item is None or isinstance(item, (str, Literal)) for item in arguments[:2])


def _reviewed_class(arguments: Sequence[Value]) -> bool:
    """A class, and a base that only holds data: `_reconstructor` calls the base with the third argument."""
    if not arguments or not isinstance(arguments[0], Name):
        return False
    if any(map(is_code, texts_in(arguments[1:], depth=2))):
        return False
    base = arguments[1] if len(arguments) == 3 else None
    plain = {Tier.INERT, Tier.CLASS, Tier.CONDITIONAL, Tier.UNREVIEWED}
    return not isinstance(base, Name) or base.symbol.tier in plain


def _one_argument(arguments: Sequence[Value]) -> bool:
    return len(arguments) == 1


def _no_first(arguments: Sequence[Value]) -> bool:
    return not arguments or arguments[0] is None


def _nested(arguments: Sequence[Value]) -> bool:
    return len(arguments) == 1 and (arguments[0] is None or isinstance(arguments[0], Literal))


CONDITIONS: Mapping[str, Callable[[Sequence[Value]], bool]] = {
    "public-attribute": _public_attribute,
    "inert-callable": _inert_callable,
    "resolves": _literal_arguments,  # and what the texts name is looked up
    "harmless-callable": _harmless_callable,
    "harmless-callable-or-data": _iterates,
    "harmless-second": _harmless_second,
    "harmless-factory": _factory,
    "attribute-names": _attribute_names,
    "literal-arguments": _literal_arguments,
    "no-expression": _no_expression,
    "literal-or-type": _literal_or_type,
    "small-size": _small_size,
    "small-power": _small_power,
    "makes-first": _makes_first,
    "names-scipy": _names_scipy,
    "names-toolz": _names_toolz,
    "codec-latin1": _latin1,
    "reviewed-class": _reviewed_class,
    "no-first": _no_first,
    "one-argument": _one_argument,
    "nested-torch": _nested,
}
