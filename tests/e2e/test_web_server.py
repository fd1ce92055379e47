"""`ajar serve` and `ajar site build` as users run them, and an audit asked for from the page."""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.build import hostile
from tests.build.sites import serving
from tests.e2e.test_command_line import ajar
from tests.standin.hub import Hub, hub

ENDED = {"done", "failed"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with hub() as found:
        found.add("bad/release", hostile.write(tmp_path_factory.mktemp("hostile") / "release"))
        yield found


@pytest.fixture
def address(host: Hub) -> Iterator[str]:
    with serving(HF_ENDPOINT=host.endpoint) as place:
        yield place


def asked(client: httpx2.Client, target: str, **more: str) -> httpx2.Response:
    """The form, filled in and sent as a browser does it."""
    page = client.get("/audits/")
    secret = re.search(r'name="secret" value="([^"]+)"', page.text)
    assert secret is not None
    return client.post("/audits/", data={"target": target, "secret": secret[1], **more})


def watched(client: httpx2.Client, place: str, seconds: float = 60) -> dict[str, object]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = client.get(f"{place.rstrip('/')}.json").json()
        if found["state"] in ENDED:
            return found
        time.sleep(0.1)
    raise AssertionError("the audit did not end")


def test_a_release_is_audited_from_the_page_and_its_strings_are_harmless(address: str) -> None:
    with httpx2.Client(base_url=address) as client:
        answer = asked(client, "bad/release")
        assert answer.status_code == 303
        place = answer.headers["location"]
        found = watched(client, place)
        assert found["message"] == ""
        assert found["state"] == "done"
        page = client.get(place)
        assert page.headers["cache-control"] == "no-store"
        for attack in ("<script>alert", "<img src=x", "\x1b", "\u202e", "\u200b", "<b>bold"):
            assert attack not in page.text
        assert "&lt;b&gt;bold.bin" in page.text
        assert "do not load" in page.text
        listed = client.get("/audits/", params={"q": "release"}).text
        assert urlsplit(place).path.rsplit("/", 2)[1] in listed


def test_scripts_of_a_release_do_not_run_in_a_browser(address: str) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        alerts: list[str] = []
        page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        page.goto(f"{address}/audits/")
        page.fill("#target", "bad/release")
        page.click("button:has-text('Audit')")
        page.wait_for_selector("#safety", timeout=60_000)
        assert page.locator("main img").count() == 0
        assert page.locator("main script").count() == 0
        assert alerts == []
        browser.close()


@pytest.mark.parametrize("target", ["/etc", "http://[::1]:1/x", "s3:bucket/x", "file:/", ""])
def test_only_public_hubs_are_audited(address: str, target: str) -> None:
    with httpx2.Client(base_url=address) as client:
        answer = asked(client, target)
        assert answer.status_code == 400
        assert "public hub" in answer.text


def test_a_release_that_is_not_there_is_said_to_be(address: str) -> None:
    with httpx2.Client(base_url=address) as client:
        place = asked(client, "no/such").headers["location"]
        assert watched(client, place)["state"] == "failed"
        assert "Not audited" in client.get(place).text


def test_a_form_of_another_site_is_refused(address: str) -> None:
    with httpx2.Client(base_url=address) as client:
        assert client.post("/audits/", data={"target": "a/b"}).status_code == 403
        client.get("/audits/")
        assert client.post("/audits/", data={"target": "a/b", "secret": "guess"}).status_code == 403
        secret = client.cookies["ajar-form"]
        sent = {"target": "a/b", "secret": secret}
        assert (
            client.post("/audits/", data=sent, headers={"origin": "https://evil.example"}).status_code == 403
        )
        assert client.post("/audits/", data=sent, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_errors_are_pages_and_data(address: str) -> None:
    with httpx2.Client(base_url=address) as client:
        page = client.get("/systems/grok-9/")
        assert page.status_code == 404
        assert "/systems/grok-1/" in page.text
        told = client.get("/systems/grok-9.json")
        assert (told.status_code, told.json()["near"][0][:3]) == (404, "pro")
        assert client.get("/?since=soon").status_code == 400
        assert client.get("/?" + "&".join(f"q={n}" for n in range(200))).status_code == 400
        assert client.get("/static/../../pyproject.toml").status_code == 404
        assert client.get("/static/%2e%2e/%2e%2e/pyproject.toml").status_code == 404
        assert client.post("/", content=b"x").status_code == 405
        assert client.post("/audits/", content=b"x" * (9 * 2**20)).status_code == 413
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421
        assert client.get("/audits/nothing/").status_code == 404


def test_answers_are_compressed_and_asked_for_once(address: str) -> None:
    with httpx2.Client(base_url=address) as client:
        first = client.get("/timeline/")
        assert first.headers["content-encoding"] == "gzip"
        again = client.get("/timeline/", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_client_that_hangs_stops_nobody(address: str) -> None:
    parts = urlsplit(address)
    hanging = [socket.create_connection((parts.hostname, parts.port)) for _ in range(60)]
    try:
        for number, line in enumerate(hanging):
            line.sendall(
                b"POST /audits/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nx"
                if number % 2
                else b"GET /"
            )
        started = time.monotonic()
        assert httpx2.get(f"{address}/").status_code == 200
        assert time.monotonic() - started < 5
    finally:
        for line in hanging:
            line.close()


def test_on_other_addresses_auditing_needs_a_token() -> None:
    with serving("--host", "0.0.0.0") as place:
        assert httpx2.get(f"{place}/").status_code == 200
        assert httpx2.get(f"{place}/audits/").status_code == 404
        assert "audits/" not in httpx2.get(f"{place}/").text
    token = "correct horse battery staple"
    with serving("--host", "0.0.0.0", AJAR_WEB_TOKEN=token) as place, httpx2.Client(base_url=place) as client:
        assert asked(client, "a/b", token="wrong").status_code == 403
        assert asked(client, "/etc", token=token).status_code == 400  # the token is right, the target is not


def test_an_audit_outlives_its_server(host: Hub, tmp_path: Path) -> None:
    kept = ("--store", str(tmp_path / "a.db"))
    host.faults.latency = 1.0
    try:
        with serving(*kept, HF_ENDPOINT=host.endpoint) as place, httpx2.Client(base_url=place) as client:
            where = urlsplit(asked(client, "bad/release").headers["location"]).path
    finally:
        host.faults.latency = 0.0
    with serving(*kept, HF_ENDPOINT=host.endpoint) as place, httpx2.Client(base_url=place) as client:
        found = watched(client, where)
        assert found["message"] == ""
        assert found["state"] == "done"


def test_a_token_that_can_be_guessed_and_a_port_that_is_taken(address: str) -> None:
    import os

    port = str(urlsplit(address).port)
    done = ajar("serve", "--port", port)
    assert done.returncode == 2
    assert "cannot be had" in done.stderr
    os.environ["AJAR_WEB_TOKEN"] = "short"
    try:
        done = ajar("serve", "--port", "0")
    finally:
        del os.environ["AJAR_WEB_TOKEN"]
    assert done.returncode == 2
    assert "16 characters" in done.stderr


def test_the_site_is_built_by_the_command(tmp_path: Path) -> None:
    done = ajar("site", "build", str(tmp_path / "public"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "public" / "systems" / "grok-1" / "index.html").is_file()
    assert ajar("site", "build", str(tmp_path)).returncode == 2
    assert ajar("site", "build", str(tmp_path / "x"), "--url", "ftp://x").returncode == 2


ARTICLE = (
    "xAI released Grok-1 under the Apache 2.0 licence. Llama 2 is open source. <script>alert(1)</script>\n"
)


@pytest.fixture(scope="module")
def desk() -> Iterator[str]:
    """A server of its own: a client may send only so many forms a minute."""
    with serving() as place:
        yield place


def test_an_article_is_read_with_notes_and_nothing_of_it_runs(desk: str) -> None:
    with httpx2.Client(base_url=desk, timeout=60) as client:
        page = client.post("/read/", files={"file": ("a.txt", ARTICLE.encode())}, data={"date": "2026-01-01"})
        assert page.status_code == 200
        assert "<mark" in page.text
        assert "/systems/grok-1/" in page.text
        assert "<script>alert" not in page.text
        told = client.post("/read/", data={"text": ARTICLE}, headers={"accept": "application/json"}).json()
        assert told["schema"] == "ajar-article/1"
        assert {item["id"] for item in told["systems"]} >= {"grok-1"}


def test_an_article_that_is_none_or_far_too_long(desk: str) -> None:
    with httpx2.Client(base_url=desk, timeout=60) as client:
        assert client.post("/read/", data={"text": " "}).status_code == 400
        assert client.post("/read/", data={"text": ARTICLE, "date": "soon"}).status_code == 400
        assert client.post("/read/", files={"file": ("a.txt", b"x " * 2**21)}).status_code == 400
        assert client.post("/read/", files={"file": ("a.txt", b"x" * (50 * 2**20))}).status_code == 413
        assert (
            client.post(
                "/read/", data={"text": ARTICLE}, headers={"sec-fetch-site": "cross-site"}
            ).status_code
            == 403
        )
