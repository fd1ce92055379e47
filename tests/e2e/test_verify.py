"""`ajar verify` as a user runs it, on what the real `model_signing` signed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.build import signing
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar
from tests.unit.sources.conftest import running, standin  # noqa: F401  fixtures

SIGSTORE = Path(__file__).parents[1] / "signatures" / "sigstore"
WHO = ("--identity", "stefanb@us.ibm.com", "--issuer", "https://sigstore.verify.ibm.com/oauth2")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return signing.write_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> signing.Chain:
    return signing.write_chain(tmp_path_factory.mktemp("chain"))


def make(folder: Path) -> Path:
    model = write_release(folder / "tiny", licence=apache_text())
    (model / "sub").mkdir()
    (model / "sub" / "large.bin").write_bytes(bytes(range(256)) * 40_000)  # over what one read takes
    return model


@pytest.fixture(scope="module")
def signed(keys: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = make(tmp_path_factory.mktemp("signed"))
    signing.sign_with_key(model, keys[0])
    return model


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "tiny"))


def test_a_good_signature(signed: Path, keys: tuple[Path, Path]) -> None:
    done = ajar("verify", signed, "--key", keys[1])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ verified")
    assert "5 of 5 files are as signed" in done.stdout
    assert "signed by key sha256:" in done.stdout


@pytest.mark.parametrize("curve", ["P-384", "P-521"])
def test_other_curves(curve: str, tmp_path: Path) -> None:
    private, public = signing.write_key(tmp_path, curve=curve)
    model = make(tmp_path)
    signing.sign_with_key(model, private)
    assert ajar("verify", model, "--key", public).returncode == 0


def tampered(model: Path) -> None:
    path = model / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def grown(model: Path) -> None:
    with (model / "sub" / "large.bin").open("ab") as handle:
        handle.write(b"more")


def added(model: Path) -> None:
    (model / "__pycache__").mkdir()
    (model / "__pycache__" / "evil.pyc").write_bytes(b"x")


def removed(model: Path) -> None:
    (model / "config.json").unlink()


def swapped(model: Path) -> None:
    a, b = model / "config.json", model / "README.md"
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)


def linked_out(model: Path) -> None:
    path = model / "LICENSE"
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (tampered, "changed     model.safetensors: its bytes are others"),
        (grown, "changed     sub/large.bin"),
        (added, "not listed  __pycache__/evil.pyc"),
        (removed, "missing     config.json"),
        (swapped, "changed     README.md"),
        (linked_out, "LICENSE"),
    ],
)
def test_files_that_are_not_as_signed(
    harm: Callable[[Path], None], words: str, copy: Path, keys: tuple[Path, Path]
) -> None:
    harm(copy)
    done = ajar("verify", copy, "--key", keys[1])
    assert done.returncode == 1
    assert done.stdout.startswith("✗ not verified")
    assert words in done.stdout
    assert done.stderr == ""


def test_unsigned_files_may_be_allowed(copy: Path, keys: tuple[Path, Path]) -> None:
    added(copy)
    assert ajar("verify", copy, "--key", keys[1], "--allow-unsigned").returncode == 0


def test_a_signature_of_other_files(signed: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    other = write_release(tmp_path / "other", card="# Other\n")
    done = ajar("verify", other, "--key", keys[1], "--signature", signed / "model.sig")
    assert done.returncode == 1
    assert "missing     sub/large.bin" in done.stdout
    assert "changed     README.md" in done.stdout


def test_another_key(signed: Path, tmp_path: Path) -> None:
    _, other = signing.write_key(tmp_path)
    done = ajar("verify", signed, "--key", other)
    assert done.returncode == 1
    assert "signed with another key" in done.stdout


def test_a_changed_list_in_the_signature(copy: Path, keys: tuple[Path, Path]) -> None:
    """Whoever changes a file may change the list too, but not the signature over it."""
    import base64
    from hashlib import sha256

    path = copy / "model.sig"
    bundle = json.loads(path.read_text())
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    tampered(copy)
    for row in statement["predicate"]["resources"]:
        if row["name"] == "model.safetensors":
            row["digest"] = sha256((copy / "model.safetensors").read_bytes()).hexdigest()
    root = b"".join(bytes.fromhex(row["digest"]) for row in statement["predicate"]["resources"])
    statement["subject"][0]["digest"]["sha256"] = sha256(root).hexdigest()
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    path.write_text(json.dumps(bundle))
    done = ajar("verify", copy, "--key", keys[1])
    assert done.returncode == 1
    assert "the signature does not fit the key" in done.stdout


def test_signed_is_not_verified(signed: Path) -> None:
    done = ajar("verify", signed)
    assert done.returncode == 1
    assert done.stdout.startswith("✗ signed, not verified")
    assert "5 of 5 files are as signed" in done.stdout


def test_not_signed(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    done = ajar("verify", make(tmp_path), "--key", keys[1])
    assert done.returncode == 1
    assert "not signed: there is no model.sig" in done.stdout


@pytest.mark.parametrize(
    "data", [b"", b"not json", b"{}", b'{"mediaType": "x"}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_signature_that_is_none(data: bytes, copy: Path, keys: tuple[Path, Path]) -> None:
    (copy / "model.sig").write_bytes(data)
    done = ajar("verify", copy, "--key", keys[1])
    assert done.returncode == 1
    assert done.stdout.startswith("✗ not verified")
    assert "Traceback" not in done.stderr


def test_certificates(chain: signing.Chain, tmp_path: Path) -> None:
    model = make(tmp_path)
    signing.sign_with_chain(model, chain)
    done = ajar("verify", model, "--certificate", chain.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "certificate of CN=signer, issued by CN=between" in done.stdout
    other = signing.write_chain(tmp_path / "other")
    wrong = ajar("verify", model, "--certificate", other.root)
    assert wrong.returncode == 1
    assert "does not lead to a root that was given" in wrong.stdout
    assert "signed with a certificate, not with a key" in ajar("verify", model, "--key", chain.root).stdout
    later = ajar("verify", model, "--certificate", chain.root, "--at", "2099-01-01")
    assert later.returncode == 1
    assert "expired on" in later.stdout


def test_an_expired_certificate(tmp_path: Path) -> None:
    chain = signing.write_chain(tmp_path / "chain", days=(-60, -30))
    model = make(tmp_path)
    signing.sign_with_chain(model, chain)
    done = ajar("verify", model, "--certificate", chain.root)
    assert done.returncode == 1
    assert "the certificate of CN=signer expired on" in done.stdout


def test_a_certificate_that_is_not_one_for_signing(tmp_path: Path) -> None:
    chain = signing.write_chain(tmp_path / "chain", may_sign=False)
    model = make(tmp_path)
    signing.sign_with_chain(model, chain)
    done = ajar("verify", model, "--certificate", chain.root)
    assert done.returncode == 1
    assert "not one for signing" in done.stdout


def test_an_identity() -> None:
    done = ajar("verify", SIGSTORE, *WHO)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stefanb@us.ibm.com" in done.stdout
    assert done.stderr == ""
    for wrong in (
        ("--identity", "other@example.org", *WHO[2:]),
        (*WHO[:2], "--issuer", "https://other.example"),
    ):
        answer = ajar("verify", SIGSTORE, *wrong)
        assert answer.returncode == 1
        assert answer.stdout.startswith("✗ not verified")


def test_an_identity_whose_files_changed(tmp_path: Path) -> None:
    model = Path(shutil.copytree(SIGSTORE, tmp_path / "m"))
    (model / "signme-1").write_bytes(b"signme-3")
    done = ajar("verify", model, *WHO)
    assert done.returncode == 1
    assert "changed     signme-1" in done.stdout


def test_usage(signed: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    (tmp_path / "text").write_text("hello")
    for arguments, words in (
        ((), "no target"),
        ((signed, "--key", "nowhere.pub"), "nowhere.pub"),
        ((signed, "--key", private), "private key"),
        ((signed, "--key", tmp_path / "text"), "not a public key"),
        ((signed, "--key", public, "--identity", "a", "--issuer", "b"), "one signer at a time"),
        ((signed, "--identity", "a"), "needs its issuer"),
        ((signed, "--hash", tmp_path / "text"), "no digest with a path"),
        ((signed, "--hash", tmp_path / "text", "--key", public), "--hash checks no signature"),
        ((signed, "--certificate", public, "--at", "soon"), "not a date"),
    ):
        done = ajar("verify", *arguments)
        assert (done.returncode, words in done.stderr) == (2, True), (arguments, done.stderr)
    gone = ajar("verify", tmp_path / "gone", "--key", public)
    assert gone.returncode == 3


def test_lists_of_digests(signed: Path, tmp_path: Path) -> None:
    from hashlib import sha256, sha512

    from blake3 import blake3

    paths = [path for path in sorted(signed.rglob("*")) if path.is_file()]
    lists = {
        "SHA256SUMS": lambda data: sha256(data).hexdigest(),
        "sums.b3": lambda data: blake3(data).hexdigest(),
        "model.sha512": lambda data: sha512(data).hexdigest(),
    }
    for name, digest in lists.items():
        rows = [f"{digest(path.read_bytes())}  {path.relative_to(signed).as_posix()}" for path in paths]
        (tmp_path / name).write_text("\n".join(rows))
        assert ajar("verify", signed, "--hash", tmp_path / name).returncode == 0, name
        (tmp_path / name).write_text("\n".join([rows[0].replace(rows[0][:4], "0000", 1), *rows[1:]]))
        wrong = ajar("verify", signed, "--hash", tmp_path / name)
        assert wrong.returncode == 1
        assert "changed" in wrong.stdout
    answer = ajar("verify", signed, "--hash", signed / "model.sig")
    assert answer.returncode == 0
    assert "a signature, which was not checked" in answer.stdout


def test_json(copy: Path, keys: tuple[Path, Path]) -> None:
    removed(copy)
    found = json.loads(ajar("verify", copy, "--key", keys[1], "--format", "json").stdout)
    assert (found["schema"], found["verified"]) == ("ajar-verification/1", False)
    states = {file["path"]: file["state"] for file in found["files"]}
    assert states["config.json"] == "missing"
    assert found["signer"]["shown"] is True


def test_on_a_hub_without_its_weights(standin, signed: Path, keys: tuple[Path, Path]) -> None:  # noqa: F811
    standin.add("org/tiny", signed)
    done = ajar("verify", "org/tiny", "--key", keys[1], "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    basis = {file["path"]: file["basis"] for file in found["files"]}
    assert (basis["sub/large.bin"], basis["config.json"]) == ("stated", "read")
    assert any("the host's word" in note for note in found["notes"])
    assert not any("large.bin" in path for _, path, _ in standin.asked)
    assert standin.sent < (signed / "sub" / "large.bin").stat().st_size / 10


def test_on_a_hub_that_has_other_files(standin, copy: Path, keys: tuple[Path, Path]) -> None:  # noqa: F811
    grown(copy)
    swapped(copy)
    standin.add("org/tiny", copy)
    done = ajar("verify", "org/tiny", "--key", keys[1])
    assert done.returncode == 1
    assert "changed     sub/large.bin: the host states another digest" in done.stdout
    assert "changed     config.json: its bytes are others" in done.stdout


def test_an_audit_says_whether_it_was_verified(signed: Path, copy: Path, keys: tuple[Path, Path]) -> None:
    def control(*arguments: str | Path) -> tuple[int, dict]:
        done = ajar("audit", *arguments, "--format", "json")
        return done.returncode, json.loads(done.stdout)["control"]

    assert control(signed) == (0, {**control(signed)[1], "signed": True, "signature": "not-verified"})
    assert control(signed, "--key", keys[1])[1]["signature"] == "verified"
    tampered(copy)
    code, found = control(copy, "--key", keys[1])
    assert (code, found["signature"]) == (1, "not-verified")
    text = ajar("audit", copy, "--key", keys[1]).stdout
    assert "the signature does not stand" in text
