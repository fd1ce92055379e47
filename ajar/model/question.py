"""The four questions that the dispute over open and shut turns on, put to one release, and the answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ajar.model.evidence import Basis, Ground


class Topic(StrEnum):
    """What is argued over."""

    PRIVACY = "privacy"
    SECURITY = "security"
    ETHICS = "ethics"
    MONOPOLY = "monopoly"


class Reply(StrEnum):
    """How a point is answered. `unknown` says that nothing tells, which is neither yes nor no."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"
    MOOT = "moot"  # nothing to ask it of: no weights to load, no licence on what is not given out


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point under a question. `basis` says how the answer is known; `because` what it rests on.

    `words` are a few: enough to tell one yes from another.
    """

    id: str
    topic: Topic
    asks: str
    reply: Reply
    basis: Basis
    words: str
    because: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of the four, with its points. There is no sum of them."""

    topic: Topic
    asks: str
    points: tuple[Point, ...]

    @property
    def unknown(self) -> int:
        """How many points nothing answers."""
        return sum(point.reply is Reply.UNKNOWN for point in self.points)
