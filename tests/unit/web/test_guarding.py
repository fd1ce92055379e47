"""The guard before the pages: names, sizes, rates."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ajar.web.guarding import HEADERS, Bounds, Guard, Rates
from ajar.web.page import Asked
from ajar.web.serving import Settings

NAMES = ("localhost", "[::1]")


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def client(**more: object) -> TestClient:
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    return TestClient(Guard(app, hosts=NAMES, **more), base_url=f"http://{NAMES[0]}")  # type: ignore[arg-type]


def test_every_answer_bears_the_headers() -> None:
    answer = client().get("/")
    assert answer.status_code == 200
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8627", 200),
        ("LOCALHOST", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("", 421),
        ("localhost.evil", 421),
    ],
)
def test_only_its_own_names_are_answered(host: str, status: int) -> None:
    answer = client().get("/", headers={"host": host})
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_too_large_is_refused_before_it_is_read() -> None:
    guarded = client(bounds=Bounds(body_bytes=10))
    assert guarded.post("/", content=b"x" * 10).text == "10"
    assert guarded.post("/", content=b"x" * 11).status_code == 413
    assert guarded.post("/", content=b"", headers={"content-length": "-1"}).status_code == 413


def test_too_many_requests_wait() -> None:
    now = [0.0]
    guarded = client(bounds=Bounds(writes_a_minute=2), clock=lambda: now[0])
    assert [guarded.post("/").status_code for _ in range(3)] == [200, 200, 429]
    assert guarded.get("/").status_code == 200
    now[0] = 31.0
    assert guarded.post("/").status_code == 200


def test_rates_forget_the_oldest_client() -> None:
    rates = Rates(lambda: 0.0)
    for number in range(10_050):
        assert rates.allows(str(number), 1)
    assert rates.allows("0", 1)
    assert not rates.allows("10049", 1)


def test_names_of_a_server() -> None:
    assert Settings(host="127.0.0.1").is_loopback
    assert Settings(host="::1").is_loopback
    assert not Settings(host="0.0.0.0").is_loopback
    assert not Settings(host="example.org").is_loopback
    assert "evil.example" not in Settings().hosts
    assert Settings(host="0.0.0.0").hosts == ()
    assert "a.example" in Settings(host="0.0.0.0", names=("a.example",)).hosts


def test_a_query_is_bounded() -> None:
    asked = Asked(fields={"q": [f" {'x' * 500} "], "door": [str(number) for number in range(100)]})
    assert len(asked.one("q")) == 200
    assert len(asked.all("door")) == 40
    assert asked.one("nothing") == ""
