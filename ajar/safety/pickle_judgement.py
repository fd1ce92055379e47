"""What the acts of a pickle mean: which of them are a danger, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ajar.model.judgement import Confidence, Severity
from ajar.safety.pickle_values import UNKNOWN, Attribute, Box, Literal, Made, Name, Value, describe, strings
from ajar.safety.symbols import EFFECTS, Symbol, Tier
from ajar.safety.unpickling import Act, Event

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
    r"^_*(pyx_)?(re)?(build|construct|create|make|new|restore|unpickle|pickle|setstate|load_state|from_state|unreduce)",
)
_TELLS = re.compile(
    r"[;&|`]|\$\(|(^|\s)(sh|bash|cmd|powershell|curl|wget|nc|ncat|python3?|perl|echo|rm|cat|touch|chmod|id|whoami|open)\s"
    r"|\w{1,20}://|^(/|~/|\.\./|[A-Za-z]:\\)|\b(import|exec|eval|system|popen|subprocess|lambda|__\w+__)\b|\.(py|sh|so|dll|exe|txt|pkl)$"
)
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
    elif target is UNKNOWN or isinstance(target, (Made, Attribute)):
        message = f"calls {shown}, a value made while loading"
        yield Judged(rule=NAMES, severity=Severity.HIGH, message=message, at=event.at)
    else:
        message = f"calls {shown}, which cannot be called"
        yield Judged(
            rule=CALLS, severity=Severity.MEDIUM, message=message, at=event.at, confidence=Confidence.LOW
        )


def _named_call(target: Name, event: Event, shown: str) -> Iterator[Judged]:
    tier = target.symbol.tier
    if tier is Tier.DANGEROUS:
        message = f"calls {shown}: {_why(target.symbol)}"
        yield Judged(rule=CALLS, severity=Severity.CRITICAL, message=message, at=event.at)
    elif tier is Tier.CONDITIONAL:
        holds = _CONDITIONS[target.symbol.condition](event.arguments)
        if not holds:
            message = f"calls {shown}, which is harmless only with other arguments"
            yield Judged(rule=CALLS, severity=Severity.HIGH, message=message, at=event.at)
    elif tier is Tier.UNREVIEWED:
        yield from _unreviewed_call(target, event, shown)


def _unreviewed_call(target: Name, event: Event, shown: str) -> Iterator[Judged]:
    """An unknown function is a danger when it is told what a loader has no business with, or is no rebuilder."""
    last = target.name.rpartition(".")[2]
    telling = [
        text for argument in event.arguments for text in strings(argument) if _TELLS.search(text[:1000])
    ]
    if telling:
        message = f"calls {shown}, unreviewed, with {describe(telling[0])}"
        yield Judged(
            rule=CALLS, severity=Severity.HIGH, message=message, at=event.at, confidence=Confidence.MEDIUM
        )
    elif not last.lstrip("_")[:1].isupper():
        rebuilds = bool(_REBUILDS.match(last))
        yield Judged(
            rule=CALLS,
            severity=Severity.MEDIUM if rebuilds else Severity.HIGH,
            message=f"calls {shown}, a function that nobody has reviewed",
            at=event.at,
            confidence=Confidence.LOW if rebuilds else Confidence.MEDIUM,
        )


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
    if len(arguments) < 2 or arguments[0] is UNKNOWN or not _is_public(arguments[1]):
        return False
    of = arguments[0]
    return not isinstance(of, Name) or of.symbol.tier in {Tier.CLASS, Tier.INERT, Tier.UNREVIEWED}


def _inert_callable(arguments: Sequence[Value]) -> bool:
    return not arguments or arguments[0] is not UNKNOWN


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


def _latin1(arguments: Sequence[Value]) -> bool:
    return all(item is None or isinstance(item, (str, Literal)) for item in arguments[:2])


def _reviewed_class(arguments: Sequence[Value]) -> bool:
    return bool(arguments) and isinstance(arguments[0], Name)


def _one_argument(arguments: Sequence[Value]) -> bool:
    return len(arguments) == 1


def _nested(arguments: Sequence[Value]) -> bool:
    return len(arguments) == 1 and (arguments[0] is None or isinstance(arguments[0], Literal))


_CONDITIONS: Mapping[str, Callable[[Sequence[Value]], bool]] = {
    "public-attribute": _public_attribute,
    "inert-callable": _inert_callable,
    "attribute-names": _attribute_names,
    "literal-arguments": _literal_arguments,
    "small-size": _small_size,
    "small-power": _small_power,
    "codec-latin1": _latin1,
    "reviewed-class": _reviewed_class,
    "one-argument": _one_argument,
    "nested-torch": _nested,
}
