"""What the acts of a pickle mean: which of them are a danger, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ajar.model.judgement import Confidence, Severity
from ajar.safety.pickle_values import UNKNOWN, Attribute, Box, Literal, Made, Name, Value, describe, strings
from ajar.safety.symbols import EFFECTS, LEADS_OUT, Symbol, Tier
from ajar.safety.tells import gives_away, is_code, is_strong
from ajar.safety.unpickling import CREATES, Act, Event

CALLS = "pickle-calls-only-what-rebuilds-data"
IMPORTS = "pickle-imports-only-what-rebuilds-data"
REVIEWED = "pickle-imports-are-reviewed"
NAMES = "pickle-names-stand-in-the-stream"
CHANGES = "pickle-leaves-imports-unchanged"
SAME = "pickle-reads-the-same-everywhere"
LIMITS = "pickle-stays-within-limits"
PERSISTENT = "pickle-needs-no-loader-of-its-own"

_BIG = 1 << 30  # bytes or items that an argument may ask for
_REBUILDS = re.compile(
    r"^_*(pyx_)?(re(build|construct|create|make|store)|unpickle|unreduce|(load|set|from)_?state)"
    r"|^_+(pyx_)?(build|construct|create|make|new|pickle)|^(new|make)_?(obj|instance|from)",
)
_TOOLZ = re.compile(r"(cy)?toolz\.[\w.]+:\w+")
_EXCEPTION = ("Error", "Exception", "Warning")
_STATE_KEYS = frozenset(
    [
        "__class__",
        "__reduce__",
        "__reduce_ex__",
        "__setstate__",
        "__getattr__",
        "__getattribute__",
        "__call__",
        "__del__",
        "__init__",
        "__code__",
        "__globals__",
        "__builtins__",
        "__import__",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One thing to say of an act."""

    rule: str
    severity: Severity
    message: str
    at: int
    confidence: Confidence = Confidence.HIGH


def judge(events: Sequence[Event]) -> Iterator[Judged]:
    """What to say of a stream's acts, in their order."""
    called = {
        str(event.target) for event in events if event.act is Act.CALL and isinstance(event.target, Name)
    }
    for event in events:
        yield from _JUDGES[event.act](event, called)


def _import(event: Event, called: set[str]) -> Iterator[Judged]:
    name = event.target
    if not isinstance(name, Name):
        return
    tier = name.symbol.tier
    if tier is Tier.DANGEROUS and str(name) not in called:
        yield Judged(
            rule=IMPORTS,
            severity=Severity.HIGH,
            message=f"imports {name}: {_why(name.symbol)}",
            at=event.at,
        )
    elif tier is Tier.UNREVIEWED:
        yield Judged(
            rule=REVIEWED,
            severity=Severity.MEDIUM,
            message=f"imports {name}, which nobody has reviewed",
            at=event.at,
            confidence=Confidence.MEDIUM,
        )


def _call(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001  one signature for all
    target = event.target
    shown = f"{describe(target)}({', '.join(map(describe, event.arguments[:6]))})"
    if isinstance(target, Name):
        yield from _named_call(target, event, shown)
    elif (
        isinstance(target, Made) and isinstance(target.of, Name) and target.of.symbol.condition == "callable"
    ):
        return  # an object that was made to rebuild others
    elif target is UNKNOWN or isinstance(target, (Made, Attribute)):
        message = f"calls {shown}, a value made while loading"
        yield Judged(rule=NAMES, severity=Severity.HIGH, message=message, at=event.at)
    else:
        message = f"calls {shown}, which cannot be called"
        yield Judged(
            rule=CALLS, severity=Severity.MEDIUM, message=message, at=event.at, confidence=Confidence.LOW
        )


def _named_call(target: Name, event: Event, shown: str) -> Iterator[Judged]:
    tier, creates = target.symbol.tier, event.note == CREATES
    if tier is Tier.DANGEROUS:
        message = f"calls {shown}: {_why(target.symbol)}"
        yield Judged(rule=CALLS, severity=Severity.CRITICAL, message=message, at=event.at)
    elif tier is Tier.NAMED and not creates and not _is_exception(target):
        yield from _named_only_call(target, event, shown)
    elif tier is Tier.CONDITIONAL:
        holds = _CONDITIONS[target.symbol.condition](event.arguments)
        if not holds:
            message = f"calls {shown}, which is harmless only with other arguments"
            yield Judged(rule=CALLS, severity=Severity.HIGH, message=message, at=event.at)
    elif tier is Tier.CLASS:
        yield from _class_call(target, event, shown, tells=is_code if creates else is_strong)
    elif tier is Tier.UNREVIEWED:
        yield from _unreviewed_call(target, event, shown, creates=creates)


def _named_only_call(target: Name, event: Event, shown: str) -> Iterator[Judged]:
    """A call of what honest pickles only name. One that rebuilds by its name, of a library that is known, is less."""
    rebuilds = _REBUILDS.match(target.name.rpartition(".")[2])
    told = rebuilds and any(map(is_strong, _texts(event.arguments, depth=2)))
    why = _why(target.symbol) or "honest pickles name it and do not call it"
    yield Judged(
        rule=CALLS,
        severity=Severity.MEDIUM if rebuilds and not told else Severity.HIGH,
        message=f"calls {shown}: {why}",
        at=event.at,
        confidence=Confidence.LOW if rebuilds and not told else Confidence.MEDIUM,
    )


def _is_exception(name: Name) -> bool:
    return name.name.endswith(_EXCEPTION)


def _class_call(target: Name, event: Event, shown: str, *, tells: Callable[[str], bool]) -> Iterator[Judged]:
    """A reviewed package's class is constructed: with a command, an address, a path or code it has no business."""
    if _is_exception(target):
        return
    told = [text for text in _texts(event.arguments, depth=1) if tells(text)]
    if told:
        message = f"calls {shown} with {describe(told[0])}"
        yield Judged(
            rule=CALLS, severity=Severity.HIGH, message=message, at=event.at, confidence=Confidence.MEDIUM
        )


def _unreviewed_call(target: Name, event: Event, shown: str, *, creates: bool) -> Iterator[Judged]:
    """An unknown function is a danger when it is told what a loader has no business with, or is no rebuilder."""
    last = target.name.rpartition(".")[2]
    if creates:
        return  # only `__new__` runs; that nobody has reviewed the class is said where it is imported
    is_class, rebuilds = last.lstrip("_")[:1].isupper(), bool(_REBUILDS.match(last))
    told = [
        text for text in _texts(event.arguments, depth=2 if is_class or rebuilds else 4) if gives_away(text)
    ]
    if told:
        message = f"calls {shown}, unreviewed, with {describe(told[0])}"
        yield Judged(
            rule=CALLS, severity=Severity.HIGH, message=message, at=event.at, confidence=Confidence.MEDIUM
        )
    elif not is_class:
        yield Judged(
            rule=CALLS,
            severity=Severity.MEDIUM if rebuilds else Severity.HIGH,
            message=f"calls {shown}, a function that nobody has reviewed",
            at=event.at,
            confidence=Confidence.LOW if rebuilds else Confidence.MEDIUM,
        )


def _texts(arguments: Sequence[Value], *, depth: int) -> list[str]:
    return [text for argument in arguments for text in strings(argument, depth=depth)]


def _computed(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    yield Judged(rule=NAMES, severity=Severity.HIGH, message=event.note, at=event.at)


def _extension(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    message = f"uses {event.note}: what it names is up to the process that loads"
    yield Judged(rule=NAMES, severity=Severity.HIGH, message=message, at=event.at)


def _change(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    message = f"{event.note}: {describe(event.target)}"
    yield Judged(rule=CHANGES, severity=Severity.HIGH, message=message, at=event.at)


def _state(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    target = event.target
    if isinstance(target, Made) and isinstance(target.of, (Made, Attribute)):
        message = f"gives a state to {describe(target)}, a value made while loading"
        yield Judged(rule=NAMES, severity=Severity.HIGH, message=message, at=event.at)
        return
    for state in event.arguments:
        boxes = [item for item in (state if isinstance(state, tuple) else (state,)) if isinstance(item, Box)]
        keys = sorted({key for box in boxes for key in box.items} & _STATE_KEYS)
        if keys:
            message = f"sets {keys[0]} on {describe(target)}"
            yield Judged(rule=CHANGES, severity=Severity.HIGH, message=message, at=event.at)


def _persistent(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    if event.note:
        message = f"has a persistent id {event.note}: {describe(event.target)}"
        yield Judged(rule=PERSISTENT, severity=Severity.LOW, message=message, at=event.at)


def _heavy(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    yield Judged(rule=LIMITS, severity=Severity.MEDIUM, message=event.note, at=event.at)


def _different(event: Event, called: set[str]) -> Iterator[Judged]:  # noqa: ARG001
    yield Judged(rule=SAME, severity=Severity.HIGH, message=event.note, at=event.at)


_JUDGES: Mapping[Act, Callable[[Event, set[str]], Iterator[Judged]]] = {
    Act.IMPORT: _import,
    Act.COMPUTED_IMPORT: _computed,
    Act.CALL: _call,
    Act.CHANGE: _change,
    Act.STATE: _state,
    Act.PERSISTENT: _persistent,
    Act.EXTENSION: _extension,
    Act.HEAVY: _heavy,
    Act.DIFFERENT: _different,
}


def _why(symbol: Symbol) -> str:
    effect = EFFECTS.get(symbol.effect, symbol.effect)
    return f"{effect} ({symbol.reason})" if symbol.reason and symbol.reason != effect else effect


# conditions: whether a call with these arguments is harmless


def _is_public(name: Value) -> bool:
    return isinstance(name, str) and all(part and not part.startswith("_") for part in name.split("."))


def _public_attribute(arguments: Sequence[Value]) -> bool:
    """How a bound method is stored. Its name may begin with one underscore: a call of what this gives is judged."""
    if len(arguments) < 2 or arguments[0] is UNKNOWN or not isinstance(arguments[1], str):
        return False
    of = arguments[0]
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
    return first is None or isinstance(first, Made)


def _is_class(name: Name) -> bool:
    return name.name.rpartition(".")[2].lstrip("_")[:1].isupper()


def _attribute_names(arguments: Sequence[Value]) -> bool:
    return all(not isinstance(item, str) or _is_public(item) for item in arguments) and not any(
        isinstance(item, (Name, Made, Attribute)) or item is UNKNOWN for item in arguments
    )


def _literal_arguments(arguments: Sequence[Value]) -> bool:
    return not any(isinstance(item, (Name, Made, Attribute)) or item is UNKNOWN for item in arguments)


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
    if not isinstance(first, Name) or any(map(is_strong, _texts(arguments[1:2], depth=2))):
        return False
    known = first.symbol.tier in {Tier.INERT, Tier.CLASS, Tier.CONDITIONAL}
    return known or (first.symbol.tier in {Tier.NAMED, Tier.UNREVIEWED} and _is_exception(first))


def _names_toolz(arguments: Sequence[Value]) -> bool:
    """A class of toolz and, where the function is named by a text, one of toolz."""
    function = arguments[1] if len(arguments) > 1 else None
    return function is not UNKNOWN and (not isinstance(function, str) or bool(_TOOLZ.fullmatch(function)))


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
    base = arguments[1] if len(arguments) == 3 else None
    plain = {Tier.INERT, Tier.CLASS, Tier.CONDITIONAL, Tier.UNREVIEWED}
    return not isinstance(base, Name) or base.symbol.tier in plain


def _one_argument(arguments: Sequence[Value]) -> bool:
    return len(arguments) == 1


def _nested(arguments: Sequence[Value]) -> bool:
    return len(arguments) == 1 and (arguments[0] is None or isinstance(arguments[0], Literal))


_CONDITIONS: Mapping[str, Callable[[Sequence[Value]], bool]] = {
    "public-attribute": _public_attribute,
    "inert-callable": _inert_callable,
    "harmless-callable": _harmless_callable,
    "harmless-callable-or-data": _iterates,
    "harmless-second": _harmless_second,
    "harmless-factory": _factory,
    "attribute-names": _attribute_names,
    "literal-arguments": _literal_arguments,
    "small-size": _small_size,
    "small-power": _small_power,
    "makes-first": _makes_first,
    "names-scipy": _names_scipy,
    "names-toolz": _names_toolz,
    "codec-latin1": _latin1,
    "reviewed-class": _reviewed_class,
    "one-argument": _one_argument,
    "nested-torch": _nested,
}
