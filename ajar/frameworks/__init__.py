"""Published instruments, side by side and never averaged."""

from __future__ import annotations

from ajar.frameworks import eu_ai_act, g7, mof, osai, osaid, solaiman
from ajar.frameworks.instrument import Instrument
from ajar.model.dossier import Subject
from ajar.model.judgement import Verdict

INSTRUMENTS: tuple[Instrument, ...] = (
    g7.INSTRUMENT,
    mof.INSTRUMENT,
    osaid.INSTRUMENT,
    eu_ai_act.INSTRUMENT,
    osai.INSTRUMENT,
    solaiman.INSTRUMENT,
)


def evaluate_all(subject: Subject) -> tuple[Verdict, ...]:
    """Every instrument's verdict on one subject, in the order of `INSTRUMENTS`."""
    return tuple(instrument.evaluate(subject) for instrument in INSTRUMENTS)
