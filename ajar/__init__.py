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
    from ajar.model.report import Report
    from ajar.pipeline import audit

__version__ = VERSION
__all__ = [
    "AjarError",
    "ExitCode",
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
]


def __getattr__(name: str) -> object:
    """Load the pipeline only when it is asked for, so that `ajar --help` stays quick."""
    if name == "audit":
        from ajar.pipeline import audit

        return audit
    if name == "Report":
        from ajar.model.report import Report

        return Report
    raise AttributeError(f"module 'ajar' has no attribute {name!r}")
