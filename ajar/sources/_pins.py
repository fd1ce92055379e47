"""Headers that requests to single addresses carry: a condition on what is read, or what a store asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ajar.sources._remote import Line
from ajar.sources._transport import Signer, authority

Pins = Mapping[str, Mapping[str, str]]  # address -> headers


def pin(line: Line, pins: Pins) -> None:
    """Have each address of `pins` asked with its headers, besides the signature of its host where there is one."""
    for place in {authority(url) for url in pins}:
        line.signers[place] = partial(_pinned, pins, line.signers.get(place))


def _pinned(
    pins: Pins, sign: Signer | None, method: str, url: str, sent: Mapping[str, str]
) -> Mapping[str, str]:
    own = pins.get(url, {})
    return {**(sign(method, url, {**sent, **own}) if sign else {}), **own}
