"""Where a walk that leaps over weights will land next, told from the leaps it made.

Layers repeat, so do the distances between their headers. A guess decides only what is fetched early: the walk
still reads every length from the bytes, and a wrong guess costs a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_APART_BYTES = 1 << 16  # a shorter way is no leap
_LIKE_BYTES = 64  # names of layers differ by some letters
_REMEMBERED = 128  # leaps: a few layers of the models with the most tensors a layer
_FIRST, _FIRST_DEAR, _MOST = 8, 1, 64  # guesses at once
_LEAST_DEAR = 2  # leaps that must repeat where a guess is dear


@dataclass(slots=True)
class Strides:
    """Landings of one walk over one file."""

    _landings: list[int] = field(default_factory=list)
    _end: int = 0

    def step(self, offset: int, end: int) -> None:
        """The walk reads from `offset` to `end`."""
        if self._landings and offset < self._landings[-1]:
            self._landings = [offset]  # another walk
        elif not self._landings or offset - self._end > _APART_BYTES:
            self._landings = [*self._landings[-_REMEMBERED:], offset]
        self._end = end

    def guesses(self, *, is_dear: bool) -> list[int]:
        """Offsets where the walk will land next, when its leaps repeat: the more, the longer they do.

        Fewer, and on longer grounds, where each costs a request of its own.
        """
        strides = [b - a for a, b in zip(self._landings, self._landings[1:], strict=False)]
        like, last = 0, -1
        for index in range(len(strides) - 2, -1, -1):
            length = _alike(strides, index)
            if length > like:
                like, last = length, index
        if like < (_LEAST_DEAR if is_dear else 1):
            return []
        found, at = [], self._landings[-1]
        period = len(strides) - 1 - last
        for number in range(min((_FIRST_DEAR if is_dear else _FIRST) << min(like - 1, 6), _MOST)):
            at += strides[last + 1 + number % period]
            found.append(at)
        return found


def _alike(strides: list[int], index: int) -> int:
    """How many strides up to `index` are those up to the last."""
    length = 0
    while length <= index and abs(strides[index - length] - strides[-1 - length]) <= _LIKE_BYTES:
        length += 1
    return length
