import pytest
from hypothesis import given
from hypothesis import strategies as st

from ajar.formats.requirements_file import FORMAT
from tests.build.text_files import look, matches

REQUIREMENTS = """# needed
torch==2.1.0
Flash_Attn >= 2 ; python_version > "3.8"
jax[cuda12]==0.4 -f https://example.org/releases.html
git+https://github.com/acme/tool.git@main
-e git+https://github.com/acme/other.git#egg=other
pkg @ https://example.org/pkg.whl
-r more.txt
--index-url https://example.org
torch
???
"""
ENVIRONMENT = "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.10\n  - numpy>=1\n  - pip:\n    - accelerate==0.2\n"


@pytest.mark.parametrize(
    ("path", "data", "packages"),
    [
        ("requirements.txt", REQUIREMENTS, ["torch", "flash-attn", "jax", "tool", "other", "pkg"]),
        ("requirements-dev.txt", "pytest\n", ["pytest"]),
        ("requirements/base.txt", "numpy\n", ["numpy"]),
        ("environment.yml", ENVIRONMENT, ["python", "numpy", "accelerate"]),
        ("uv.lock", 'version = 1\n[[package]]\nname = "Click"\nversion = "8"\n', ["click"]),
        ("Pipfile", '[[source]]\nurl = "https://x"\n\n[packages]\nflask = "*"\n', ["flask"]),
        ("Pipfile.lock", '{\n "default": {\n  "flask": {\n', ["flask"]),
        ("requirements.txt", "", []),
    ],
)
def test_packages(path, data, packages):
    assert matches(FORMAT, data, path)
    assert look(FORMAT, data, path).all("requirements.package") == packages


def test_lines_are_quoted():
    item = look(FORMAT, REQUIREMENTS, "requirements.txt").items("requirements.package")[1]
    assert item.location.line == 3
    assert item.quote.startswith("Flash_Attn >= 2")


def test_at_most_128():
    many = "\n".join(f"p{n}" for n in range(500))
    assert len(look(FORMAT, many, "requirements.txt").all("requirements.package")) == 128


@pytest.mark.parametrize("path", ["notes.txt", "requirements.py", "poetry.toml", "environment.txt"])
def test_other_names(path):
    assert not matches(FORMAT, "torch", path)


@given(
    st.text(max_size=100),
    st.sampled_from(["requirements.txt", "environment.yml", "Pipfile", "uv.lock", "Pipfile.lock"]),
)
def test_any_text(text, path):
    if "\0" in text:
        return
    for name in look(FORMAT, text.encode("utf-8", "replace"), path).all("requirements.package"):
        assert name == name.lower()
