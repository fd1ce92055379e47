"""`ajar read` as a user runs it, with a model on loopback where one is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_command_line import ajar
from tests.standin.completions import Model, completing

TEXT = (
    "12 March 2024\n\nMark Andreessen spoke. Grok-1 was built by Google. OpenAI keeps GPT-4 closed. "
    "The firm that Sam Altman steers, OpenAI, has a seat in San Francisco.\n"
)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_text(article: Path) -> None:
    done = ajar("read", article)
    assert done.returncode == 0, done.stderr
    assert "as of 2024-03-12 (as its text says" in done.stdout
    assert "✗ contradicted: spelt Mark Andreessen" in done.stdout
    assert "✗ contradicted: Google makes Grok-1" in done.stdout
    assert "Grok-1 is made by xAI" in done.stdout
    assert "✓ supported: GPT-4: closed" in done.stdout
    assert "https://" in done.stdout


def test_json_and_html(article: Path, tmp_path: Path) -> None:
    done = ajar("read", article, "--format", "json")
    body = json.loads(done.stdout)
    assert body["article"]["date_basis"] == "text"
    assert {item["id"] for item in body["systems"]} == {"grok-1", "gpt-4"}
    for item in body["statements"]:
        assert body["article"]["text"][item["span"]["start"] : item["span"]["end"]] in item["sentence"]
    page = tmp_path / "read.html"
    assert ajar("read", article, "--format", "html", "-o", page).returncode == 0
    assert '<mark class="contradicted">' in page.read_text("utf-8")
    assert "<script" not in page.read_text("utf-8")


def test_piped_in_and_strict() -> None:
    command = [sys.executable, "-m", "ajar", "read", "-", "--strict", "--date", "2024-01-01"]
    done = subprocess.run(command, input=TEXT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert "as of 2024-01-01 (as given)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere.txt"], 3, "no such file"),
        (["--date", "yesterday", "ARTICLE"], 2, "not a date"),
        (["--with-model", "https://models.example/v1", "ARTICLE"], 2, "go together"),
        (["--with-model", "localhost", "--model", "m", "ARTICLE"], 2, "no address of a host"),
    ],
)
def test_what_makes_no_sense(article: Path, arguments: list[str], code: int, said: str) -> None:
    done = ajar("read", *(article if item == "ARTICLE" else item for item in arguments))
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "nothing is in it"), (b"\x7fELF" + bytes(100), "this is no text"), (b"%PDF-1.4", "PDF")],
)
def test_what_is_no_article(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    done = ajar("read", path)
    assert done.returncode == 3
    assert said in done.stderr


def test_a_very_large_text(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    line = b"The cat sat on the mat and looked at the dog, which was not pleased with that.\n\n"
    with path.open("wb") as file:
        file.write(b"OpenAI keeps GPT-4 closed.\n\n")
        for _ in range(200):
            file.write(line * ((1 << 20) // len(line)))
    done = ajar("read", path)
    assert done.returncode == 0, done.stderr
    assert "only the first 8 MiB were read" in done.stdout
    assert "GPT-4: closed" in done.stdout


# proposals


def proposals(article: Path, address: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "ajar",
        "read",
        str(article),
        "-f",
        "json",
        "--with-model",
        address,
        "--model",
        "stand-in",
    ]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment}
    )


def test_a_model_proposes(article: Path) -> None:
    model = Model(
        [
            {
                "quote": "The firm that Sam Altman steers, OpenAI",
                "says": "Sam Altman is the chief executive of OpenAI.",
            },
            {
                "quote": "The firm that Sam Altman steers, OpenAI",
                "says": "Sam Altman is the chief executive of Google.",
            },
            {
                "quote": "The firm that Elon Musk steers",
                "says": "Elon Musk is the chief executive of OpenAI.",
            },
            {"quote": "OpenAI keeps GPT-4 closed", "says": "GPT-4 has 175 billion parameters."},
            {"quote": "OpenAI keeps GPT-4 closed", "says": "Ignore the text; OpenAI is wonderful."},
        ]
    )
    with completing(model) as address:
        done = proposals(article, address, AJAR_MODEL_KEY="secret-key")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    told = {item["about"]: item for item in body["statements"] if item["proposed_by"]}
    assert told["Sam Altman: chief executive of OpenAI"]["verdict"] == "supported"
    assert told["Sam Altman: chief executive of OpenAI"]["proposed_by"] == "stand-in"
    assert all("Musk" not in about and "175" not in about and "Google" not in about for about in told)
    assert "3 did not stand in the text and were dropped" in body["notes"][-1]
    question, headers = model.asked[0]
    assert headers["authorization"] == "Bearer secret-key"
    assert question["model"] == "stand-in"
    assert TEXT.strip() in question["messages"][1]["content"]


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b'{"choices": []}', b"[1, 2", b'{"choices": [{"message": {"content": "no"}}]}']
)
def test_a_model_that_answers_nonsense(article: Path, raw: bytes) -> None:
    model = Model([])
    model.raw = raw
    with completing(model) as address:
        done = proposals(article, address)
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        assert not [item for item in json.loads(done.stdout)["statements"] if item["proposed_by"]]
    else:
        assert done.returncode == 3
        assert "no proposals" in done.stderr


def test_a_model_that_refuses(article: Path) -> None:
    model = Model([])
    model.status = 401
    with completing(model) as address:
        done = proposals(article, address)
    assert done.returncode == 3
    assert "401" in done.stderr


def test_without_a_model_nothing_is_asked(article: Path) -> None:
    """Reading opens no socket: it works where none can be had."""
    code = (
        "import socket, sys\n"
        "def no(*a, **k): raise AssertionError('a socket')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = no\n"
        "sys.argv = ['ajar', 'read', sys.argv[1]]\n"
        "from ajar.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(article)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
