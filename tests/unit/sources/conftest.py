"""A running stand-in hub, and an audit against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ajar.config import Limits, Options
from ajar.model.report import Report
from tests.standin.hub import Hub, hub


@pytest.fixture(scope="session")
def running() -> Iterator[Hub]:
    with hub() as made:
        yield made


@pytest.fixture
def standin(running: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hub:
    """The stand-in, emptied, as the endpoint; the user's own token and cache are out of reach."""
    from tests.standin.hub import Faults

    running.repositories.clear()
    running.asked.clear()
    running.faults, running.page, running.sent = Faults(), 1000, 0
    running.commits_a_page = 1
    monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    monkeypatch.setenv("AJAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return running


@pytest.fixture
def remote() -> Callable[..., Report]:
    def audit(target: str, *, seconds: float = 60.0, **options: bool) -> Report:
        import ajar

        return ajar.audit(target, Options(limits=Limits(seconds=seconds), **options))

    return audit
