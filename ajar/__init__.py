"""ajar: how open a model release is, under what licence and made of what, answered from its files.

>>> import ajar
>>> report = ajar.audit("path/to/model")          # doctest: +SKIP
>>> report.verdict("g7").declared                 # doctest: +SKIP
'ajar'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ajar.config import VERSION, Limits, Options
from ajar.errors import (
    AjarError,
    ExitCode,
    TargetError,
    TargetNotFound,
    TargetUnreadable,
    UsageError,
)
from ajar.model.locator import Locator

if TYPE_CHECKING:
    from ajar.model.component import LicenceMatch
    from ajar.model.report import Report
    from ajar.pipeline import audit
    from ajar.rights.identify import identify_licence

__version__ = VERSION
__all__ = [
    "AjarError",
    "ExitCode",
    "LicenceMatch",
    "Limits",
    "Locator",
    "Options",
    "Report",
    "TargetError",
    "TargetNotFound",
    "TargetUnreadable",
    "UsageError",
    "__version__",
    "audit",
    "identify_licence",
]


def __getattr__(name: str) -> object:
    """Load the pipeline only when it is asked for, so that `ajar --help` stays quick."""
    if name == "audit":
        from ajar.pipeline import audit

        return audit
    if name == "Report":
        from ajar.model.report import Report

        return Report
    if name == "LicenceMatch":
        from ajar.model.component import LicenceMatch

        return LicenceMatch
    if name == "identify_licence":
        from ajar.rights.identify import identify_licence

        return identify_licence
    raise AttributeError(f"module 'ajar' has no attribute {name!r}")
