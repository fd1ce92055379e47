"""What the acts of a pickle mean: which of them are a danger, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ajar.model.judgement import Confidence, Severity
from ajar.safety.pickle_conditions import CONDITIONS, is_exception, texts_in
from ajar.safety.pickle_values import UNKNOWN, Attribute, Box, Made, Name, describe
from ajar.safety.symbols import EFFECTS, Symbol, Tier
from ajar.safety.tells import gives_away, is_code, is_file, is_strong
from ajar.safety.unpickling import CREATES, Act, Event, is_callable, resolved

CALLS = "pickle-calls-only-what-rebuilds-data"
IMPORTS = "pickle-imports-only-what-rebuilds-data"
REVIEWED = "pickle-imports-are-reviewed"
NAMES = "pickle-names-stand-in-the-stream"
CHANGES = "pickle-leaves-imports-unchanged"
SAME = "pickle-reads-the-same-everywhere"
LIMITS = "pickle-stays-within-limits"
PERSISTENT = "pickle-needs-no-loader-of-its-own"

_REBUILDS = re.compile(
    r"^_*(pyx_)?(re(build|construct|create|make|store)|unpickle|unreduce|(load|set|from)_?state)"
    r"|^_+(pyx_)?(build|construct|create|make|new|pickle)|^(new|make)_?(obj|instance|from)",
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
    elif isinstance(target, Made) and is_callable(target):
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
    elif tier is Tier.NAMED and not creates and not is_exception(target):
        yield from _named_only_call(target, event, shown)
    elif tier is Tier.CONDITIONAL and not is_exception(target):
        if target.symbol.condition == "resolves":
            found = resolved(target, event.arguments)
            holds = found is not None and found.symbol.tier is not Tier.DANGEROUS
        else:
            holds = CONDITIONS[target.symbol.condition](event.arguments)
        if not holds:
            message = f"calls {shown}, which is harmless only with other arguments"
            yield Judged(rule=CALLS, severity=Severity.HIGH, message=message, at=event.at)
    elif tier is Tier.CLASS:
        yield from _class_call(target, event, shown, tells=is_code if creates else _outside)
    elif tier is Tier.UNREVIEWED:
        yield from _unreviewed_call(target, event, shown, creates=creates)


def _named_only_call(target: Name, event: Event, shown: str) -> Iterator[Judged]:
    """A call of what honest pickles only name. One that rebuilds by its name, of a library that is known, is less."""
    rebuilds = _REBUILDS.match(target.name.rpartition(".")[2])
    told = rebuilds and any(map(is_strong, texts_in(event.arguments, depth=2)))
    why = _why(target.symbol) or "honest pickles name it and do not call it"
    yield Judged(
        rule=CALLS,
        severity=Severity.MEDIUM if rebuilds and not told else Severity.HIGH,
        message=f"calls {shown}: {why}",
        at=event.at,
        confidence=Confidence.LOW if rebuilds and not told else Confidence.MEDIUM,
    )


def _outside(text: str) -> bool:
    return is_strong(text) or is_file(text)


def _class_call(target: Name, event: Event, shown: str, *, tells: Callable[[str], bool]) -> Iterator[Judged]:
    """A reviewed package's class is constructed: with a command, an address, a path or code it has no business."""
    if is_exception(target):
        return
    told = [text for text in texts_in(event.arguments, depth=1) if tells(text)]
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
        text for text in texts_in(event.arguments, depth=2 if is_class or rebuilds else 4) if gives_away(text)
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
