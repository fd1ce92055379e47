"""Reading the shipped catalogue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ajar.catalogue import files


def test_threads_that_load_it_at_once_get_one_catalogue() -> None:
    files._load.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: files.load(), range(8)))
    assert all(one is found[0] for one in found)
