"""Pickles of every kind: raw, joblib, torch's older format, arrays of objects; every stream in the file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ajar.blobs import BytesBlob, SliceBlob
from ajar.errors import BudgetExceeded, MalformedError
from ajar.formats.npy import pickled_at
from ajar.interfaces import Blob, Member
from ajar.model.evidence import GapReason
from ajar.model.judgement import Finding, Severity
from ajar.safety.check import Check, Sign, Specimen
from ajar.safety.containers import is_container
from ajar.safety.pickle_bytes import Bytes, passes_inertly
from ajar.safety.pickle_judgement import LIMITS, judge
from ajar.safety.pickle_steps import machine as follow
from ajar.safety.pickle_values import Box, Literal, Made, Name, Value
from ajar.safety.symbols import Tier
from ajar.safety.unpickling import Act, Event, Machine

STREAMS = 1000
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
_TORCH_STREAMS = 5  # magic, protocol, system, object, keys; raw numbers follow
_TRAIL_BYTES = 64 << 20
_WINDOW_BYTES, _BEGIN_BYTES = 4 << 20, 256  # read at once; the longest beginning
# Places behind a stream where another may begin, and the bytes that are followed from them in all.
_CANDIDATES = 20_000
_FOLLOWED_TIMES, _FOLLOWED_BYTES = 4, 1 << 18
_SMALL = 1 << 18
# Where a stream may begin: a protocol, a name of protocol 0 on two lines, or two short texts and STACK_GLOBAL.
_BEGINS = re.compile(
    rb"\x80[\x02-\x05][^\x00]|[ci][A-Za-z_][\w.]{0,80}\n[A-Za-z_][\w.]{0,80}\n"
    rb"|\x8c[\x01-\x50][A-Za-z_][\w.]{0,79}\x94?\x8c[\x01-\x50][A-Za-z_][\w.]{0,79}\x94?\x93"
)
_OLD = re.compile(rb"[ci][A-Za-z_][\w.]{0,80}\n[A-Za-z_][\w.]{0,80}\n")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
# The same reference taken many times in a row: worth following although nothing is imported.
# Literal beginnings, so that the search runs at the speed of memchr.
_REPEATS = (
    re.compile(rb"h(.)h\1h\1h\1", re.DOTALL),
    re.compile(rb"j(....)j\1j\1j\1", re.DOTALL),
    re.compile(rb"g(\d{1,9})\ng\1\ng\1\ng\1\n"),
    re.compile(rb"2[\x85-\x87]2[\x85-\x87]2[\x85-\x87]2"),
    re.compile(rb"0[hj]\d0[hj]", re.DOTALL),
    re.compile(rb"L\d{4000}"),
)
_RUNS = (b"2222", b"(" * 256)


def _look(specimen: Specimen) -> Iterator[Sign]:
    start = 0
    if specimen.format == "joblib" and specimen.head[:1] != b"\x80":
        return  # compressed: what is inside comes as a member
    if specimen.format == "pickle" and is_container(specimen.head):
        return
    if specimen.format == "npy":
        found = pickled_at(specimen.blob)
        if found is None:
            return
        start = found
    elif specimen.format not in {"pickle", "joblib", "torch-legacy"} and not _is_old_pickle(specimen):
        return
    yield from _Walk(specimen).signs(start)


def imports_something(blob: Blob, specimen: Specimen) -> bool:
    """Whether bytes that may be anything are a pickle that imports by a proper name before it breaks or ends."""
    machine = follow(Bytes(blob), tick=specimen.check_time)
    with suppress(MalformedError, BudgetExceeded):
        machine.run()
    return any(_is_act(event) for event in machine.events)


def _is_old_pickle(specimen: Specimen) -> bool:
    """Text or unknown bytes that a loader would take for a pickle: they import, and run to a STOP."""
    is_text = specimen.head.isascii() and b"\0" not in specimen.head
    if specimen.format == "unknown" or not is_text:
        return imports_something(specimen.blob, specimen)
    if not _OLD.search(specimen.head) or specimen.blob.size > _SMALL * 16:
        return False
    machine = follow(Bytes(specimen.blob), tick=specimen.check_time)
    try:
        machine.run()
    except (MalformedError, BudgetExceeded):
        acts = {event.act for event in machine.events}
        named = specimen.path.lower().endswith(
            (".pkl", ".pickle", ".p", ".pt", ".pth", ".bin", ".ckpt", ".joblib")
        )
        return Act.CALL in acts or (named and Act.IMPORT in acts)
    return True


@dataclass(slots=True)
class _Walk:
    """Every stream of one file."""

    specimen: Specimen
    events: list[Event] = field(default_factory=list)
    imports: int = 0
    refused: str = ""  # the first name that weights_only refuses
    is_torch: bool = False

    def signs(self, start: int) -> Iterator[Sign]:
        specimen, at = self.specimen, start
        for number in range(STREAMS):
            end, broken = self._stream(at)
            yield from self._judged()
            if broken is not None:
                yield from self._broken(broken, at)
                yield from self._hidden(max(end, at + 2))
                break
            at = end
            if (self.is_torch and number + 1 >= _TORCH_STREAMS) or at >= specimen.blob.size:
                break
            if not _BEGINS.match(specimen.blob.read_at(at, 256)):
                yield from self._behind(at)
                break
        else:
            yield specimen.gap(GapReason.OVER_BUDGET, f"more than {STREAMS} streams", at=at)
        if self.refused and (self.is_torch or "!/" in specimen.path):
            yield specimen.finding(
                "pickle-loads-with-weights-only",
                Severity.INFO,
                f"torch.load(weights_only=True) refuses it: it names {self.refused}",
            )

    def _stream(
        self, at: int, known: Bytes | None = None
    ) -> tuple[int, MalformedError | BudgetExceeded | None]:
        """`(where it ended, what broke it)`; its events are kept."""
        blob = self.specimen.blob
        end = passes_inertly(blob, at, known)
        if end is not None and not self._repeats(at, end) and end - at > 64:
            return end, None
        arrays = _Arrays()
        machine = follow(
            known.again(at) if known else Bytes(blob, at=at),
            tick=self.specimen.check_time,
            after_build=arrays.passed,
            keeps=_tells,
        )
        problem: MalformedError | BudgetExceeded | None = None
        try:
            machine.run()
        except (MalformedError, BudgetExceeded) as error:
            problem = error.with_traceback(None)  # its frames hold the window, in a circle
        self.events = machine.events
        if arrays.first is not None:
            self.events = [*self.events, *self._without_arrays(at, arrays.first)]
        if machine.top == _TORCH_MAGIC:
            self.is_torch = True
        return machine.data.at, problem

    def _without_arrays(self, at: int, array: int) -> list[Event]:
        """What pickle.load would do with a joblib file: it takes an array's bytes for opcodes."""
        machine = follow(Bytes(self.specimen.blob, at=at), tick=self.specimen.check_time, keeps=_tells)
        with suppress(MalformedError, BudgetExceeded):
            machine.run()
        seen = {(event.act, event.at) for event in self.events}
        acts = [event for event in machine.events if event.at >= array and (event.act, event.at) not in seen]
        return acts if any(map(_is_act, acts)) else []

    def _repeats(self, at: int, end: int) -> bool:
        data = self.specimen.blob.read_at(at, min(end - at, _SMALL))
        if end - at > _SMALL:
            return _RUNS[-1] * 16 in data
        return any(run in data for run in _RUNS) or any(pattern.search(data) for pattern in _REPEATS)

    def _judged(self) -> Iterator[Sign]:
        specimen = self.specimen
        for event in self.events:
            self._note(event)
        for item in judge(self.events):
            yield specimen.finding(
                item.rule,
                item.severity,
                f"byte {item.at}: {item.message}",
                start=item.at,
                confidence=item.confidence,
            )
        for event in self.events:
            yield from self._nested(event)

    def _note(self, event: Event) -> None:
        if event.act is Act.IMPORT and isinstance(event.target, Name):
            self.imports += 1
            if not event.target.symbol.weights_only and not self.refused:
                self.refused = str(event.target)

    def _nested(self, event: Event) -> Iterator[Sign]:
        """Bytes given to something that loads them, in a call or as a state, are a file of their own."""
        target = event.target
        of = target.of if isinstance(target, Made) and event.act is Act.STATE else target
        if event.act not in {Act.CALL, Act.STATE} or not isinstance(of, Name):
            return
        if _loads_bytes(of):
            for number, value in enumerate(_literals(event.arguments)):
                where = f"bytes-at-{value.start}" if value.start >= 0 else f"bytes-of-{event.at}-{number}"
                blob = _inner(self.specimen.blob, value)
                if blob is not None:
                    yield Member(path=f"{self.specimen.path}!/{where}", blob=blob)

    def _broken(self, error: MalformedError | BudgetExceeded, at: int) -> Iterator[Sign]:
        specimen = self.specimen
        if isinstance(error, BudgetExceeded):
            yield specimen.gap(GapReason.OVER_BUDGET, error.message, at=at)
            yield specimen.finding(LIMITS, Severity.MEDIUM, f"cannot be followed to its end: {error.message}")
            return
        where = error.offset if error.offset is not None else at
        yield specimen.gap(GapReason.MALFORMED, f"the pickle breaks off: {error.message}", at=where)
        if self.events or self.imports:
            message = f"byte {where}: breaks off after it imported or called something ({error.message})"
            yield specimen.finding("pickle-is-whole", Severity.MEDIUM, message, start=where)

    def _behind(self, at: int) -> Iterator[Sign]:
        """What follows a STOP: a loader that reads one stream after the other takes it as it comes."""
        end, _ = self._stream(at)
        if not any(map(_is_act, self.events)):
            yield from self._hidden(at)
            return
        yield self._second(at)
        yield from self._judged()
        yield from self._hidden(max(end, at + 2))

    def _second(self, at: int) -> Finding:
        message = f"byte {at}: another stream begins here, behind the first"
        return self.specimen.finding("pickle-has-no-second-stream", Severity.MEDIUM, message, start=at)

    def _hidden(self, at: int) -> Iterator[Sign]:
        """Streams behind the end of one, or behind the place where one broke."""
        specimen = self.specimen
        size = min(specimen.blob.size - at, _TRAIL_BYTES)
        if size <= 2 or self.is_torch:
            return
        if specimen.blob.size - at > size:
            message = f"only {size} bytes behind the stream were looked at"
            yield specimen.gap(GapReason.OVER_BUDGET, message, at=at + size)
        known = Bytes(specimen.blob, at=at)
        done, followed = at, 0
        for number, start in enumerate(_beginnings(known, at, size)):
            if start < done:
                continue
            if number >= _CANDIDATES or followed > _FOLLOWED_TIMES * size + _FOLLOWED_BYTES:
                message = "more places where another stream may begin than are followed"
                yield specimen.gap(GapReason.OVER_BUDGET, message, at=start)
                break
            specimen.check_time()
            end, broken = self._stream(start, known)
            followed += end - start
            if any(_is_act(event) for event in self.events):
                yield self._second(start)
                yield from self._judged()
            if broken is None:
                done = end


def _beginnings(known: Bytes, at: int, size: int) -> Iterator[int]:
    """Where streams may begin in a span of bytes, which is read by windows that streams in it are read from too."""
    for base in range(at, at + size, _WINDOW_BYTES):
        known.at = base
        data, offset = known.window(min(_WINDOW_BYTES + _BEGIN_BYTES, at + size - base))
        for found in _BEGINS.finditer(data, offset):
            if found.start() - offset < _WINDOW_BYTES:
                yield base + found.start() - offset


def _literals(values: Sequence[Value], depth: int = 3) -> Iterator[Literal]:
    for value in values:
        if isinstance(value, Literal):
            yield value
        elif depth and isinstance(value, (tuple, Box)):
            inner = value if isinstance(value, tuple) else [*value.items.values(), *value.children]
            yield from _literals(inner, depth - 1)
        elif depth and isinstance(value, Made):
            yield from _literals(value.arguments, depth - 1)


def _inner(blob: Blob, value: Literal) -> Blob | None:
    """The bytes of a literal; `None` where it is text that stands for no bytes, or too long to be turned into them."""
    if value.data is not None:
        return BytesBlob(value.data)
    if not value.is_text:
        return SliceBlob(blob, value.start, value.length)
    if value.length > _TRAIL_BYTES:
        return None
    try:
        return BytesBlob(blob.read_at(value.start, value.length).decode("utf-8").encode("latin-1"))
    except UnicodeError:
        return None


def _is_act(event: Event) -> bool:
    target = event.target
    if event.act is Act.IMPORT and isinstance(target, Name):
        return bool(_NAME.fullmatch(target.module) and _NAME.fullmatch(target.name))
    return False


@dataclass(slots=True)
class _Arrays:
    """Joblib writes an array's bytes, or a pickle of its objects, into the stream behind the wrapper's state."""

    first: int | None = None  # where the first array begins

    def passed(self, machine: Machine, made: Made) -> None:
        """Skip the array that follows. Raises `MalformedError` where readers could take another size for it."""
        if not isinstance(made.of, Name) or made.of.name not in _WRAPPERS:
            return
        if self.first is None:
            self.first = machine.data.at
        if made.of.name != "NumpyArrayWrapper":
            return  # the older ones keep their arrays in files of their own
        if not isinstance(made.state, Box):
            raise MalformedError(
                "an array wrapper whose state is no plain dictionary", offset=machine.data.at
            )
        items = made.state.items
        code, shape = _dtype_code(items.get("dtype")), items.get("shape")
        if (
            code is None
            or not isinstance(shape, tuple)
            or not all(isinstance(n, int) and n >= 0 for n in shape)
        ):
            raise MalformedError("an array of unknown size in a joblib file", offset=machine.data.at)
        machine.frame_end = 0
        if code.startswith("O"):
            inner = follow(machine.data, tick=machine.tick, after_build=self.passed, keeps=_tells)
            inner.events = machine.events
            inner.run()
            return
        if "numpy_array_alignment_bytes" in items:
            if not isinstance(items["numpy_array_alignment_bytes"], int):
                raise MalformedError("an array whose alignment is no number", offset=machine.data.at)
            machine.data.skip(machine.data.take(1)[0])
        machine.data.skip(math.prod(n for n in shape if isinstance(n, int)) * _item_bytes(code))


_WRAPPERS = frozenset({"NumpyArrayWrapper", "NDArrayWrapper", "ZNDArrayWrapper"})


def _tells(event: Event) -> bool:
    """Whether an act has to be told however many came before: it is a danger, or gives bytes to a loader."""
    target = event.target
    if event.act is Act.CALL and isinstance(target, Name):
        if _loads_bytes(target):
            return True
        if target.symbol.tier is Tier.CLASS:
            return False
    return any(item.severity in {Severity.HIGH, Severity.CRITICAL} for item in judge([event]))


def _loads_bytes(name: Name) -> bool:
    return name.symbol.condition == "nested-torch" or name.symbol.effect == "deserialise"


def _dtype_code(value: Value) -> str | None:
    """`f8`, `U12` …; none where the type's state sets another size than its code says."""
    if not isinstance(value, Made) or not value.arguments or not isinstance(value.arguments[0], str):
        return None
    code = value.arguments[0].lstrip("<>|=")
    state = value.state
    if code[:1] in {"S", "U", "V"} and isinstance(state, tuple) and len(state) > 5:
        size, parts = state[5], state[2]  # numpy takes the size of these from the state
        if parts is not None or not isinstance(size, int) or size != _item_bytes(code):
            return None
    return code


def _item_bytes(code: str) -> int:
    digits = code[1:].partition("[")[0]
    if not digits.isdigit() or len(digits) > 9:
        raise MalformedError(f"an element type {code[:20]!r} of unknown size")
    return int(digits) * (4 if code[0] == "U" else 1)


CHECK = Check(
    id="pickles",
    title="What unpickling would import, call and change",
    look=_look,
)
