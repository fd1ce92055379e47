"""Objects in stores: S3 by moto, Google's by its emulator, Azure's by a stand-in and, where it is there, by Azurite."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

import ajar
from ajar.errors import MalformedError, TargetNotFound, TargetUnreadable, UsageError
from ajar.sources import _aws
from ajar.sources._azure import shared_key
from ajar.sources._buckets import tree
from ajar.sources._s3 import S3Bucket
from ajar.sources._transport import Reply
from tests.build.releases import apache_text, write_release
from tests.e2e.test_command_line import ajar as command
from tests.standin import stores
from tests.standin.hub import serving
from tests.unit.sources.test_hub import plain, safetensors

CREDENTIALS = ("AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_", "STORAGE_EMULATOR_HOST")
LARGE = 24 << 20


@dataclass
class Store:
    """A running store, and how its tests write to it."""

    target: str  # of a bucket that is made for each test
    put: Callable[[dict[str, bytes]], None]
    environment: dict[str, str]
    endpoint: str
    client: Any = None
    more: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(autouse=True)
def _nobody_s_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(CREDENTIALS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AJAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    with stores.s3() as endpoint:
        yield endpoint


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    import boto3

    environment = {
        "AWS_ENDPOINT_URL": s3_server, "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    httpx2.post(f"{s3_server}/moto-api/reset", trust_env=False)
    client = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    client.create_bucket(Bucket="models")

    def put(files: dict[str, bytes]) -> None:
        for name, data in files.items():
            client.put_object(Bucket="models", Key=name, Body=data)

    return Store("s3://models", put, environment, s3_server, client)


@pytest.fixture(scope="module")
def google_server() -> Iterator[str]:
    with stores.google() as endpoint:
        yield endpoint


@pytest.fixture
def google(google_server: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", google_server)
    httpx2.get(f"{google_server}/wipe", trust_env=False)
    stores.post(
        f"{google_server}/storage/v1/b?project=x",
        json.dumps({"name": "models"}),
        **{"content-type": "application/json"},
    )

    def put(files: dict[str, bytes]) -> None:
        for name, data in files.items():
            url = httpx2.URL(
                f"{google_server}/upload/storage/v1/b/models/o", params={"uploadType": "media", "name": name}
            )
            stores.post(str(url), data, **{"content-type": "application/octet-stream"})

    return Store("gs://models", put, {"STORAGE_EMULATOR_HOST": google_server}, google_server)


def _azure(server: Any, monkeypatch: pytest.MonkeyPatch) -> Store:
    text = f"DefaultEndpointsProtocol=http;AccountName={stores.ACCOUNT};AccountKey={stores.KEY};BlobEndpoint={server.endpoint};"
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", text)
    environment = {"AZURE_STORAGE_CONNECTION_STRING": text}
    container = f"models-{os.urandom(4).hex()}"
    return Store(
        f"az://{container}", lambda files: server.put(container, files), environment, server.endpoint, server
    )


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with stores.azure() as server:
        yield _azure(server, monkeypatch)


@pytest.fixture
def azurite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    if not stores.AZURITE:
        pytest.skip("Azurite is not installed: npm install azurite, and AZURITE=…/azurite-blob")
    with stores.azurite(tmp_path / "azurite") as server:
        yield _azure(server, monkeypatch)


@pytest.fixture(params=["s3", "google", "azure", "azurite"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write_release(tmp_path / "tiny", licence=apache_text())
    (made / "sub dir").mkdir()
    (made / "sub dir" / "a+b é&%41.txt").write_text("Words.\n")
    return made


def content(folder: Path, prefix: str = "") -> dict[str, bytes]:
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# what every store does


def test_the_same_report_as_of_the_folder(store, folder, remote):
    store.put({**content(folder, "v1/tiny/"), "v1/tiny-other/README.md": b"x", "v1/README.md": b"y"})
    report = remote(f"{store.target}/v1/tiny")
    there, here = plain(report), plain(ajar.audit(folder))
    for key in (
        "files",
        "components",
        "licences",
        "rights",
        "safety",
        "claims",
        "verdicts",
        "findings",
        "evidence",
        "gaps",
    ):
        assert there[key] == here[key], key
    assert report.release.revision
    assert str(report.release.locator) == f"{store.target}/v1/tiny"


def test_by_the_command(store, folder):
    store.put(content(folder, "tiny/"))
    there = json.loads(command("audit", f"{store.target}/tiny/", "--format", "json").stdout)
    here = json.loads(command("audit", folder, "--format", "json").stdout)
    assert there["door"] == here["door"]
    assert there["components"] == here["components"]
    assert there["licences"] == here["licences"]
    assert there["safety"] == here["safety"]
    assert there["cost"]["requests"] > 0


def test_one_object_and_a_whole_bucket(store, folder, remote):
    store.put(content(folder))
    report = remote(f"{store.target}/model.safetensors")
    assert [(item.path, item.format) for item in report.files] == [("model.safetensors", "safetensors")]
    assert {item.path for item in remote(store.target).files} == set(content(folder))


def test_a_large_object_by_its_header(store, remote):
    large = safetensors(LARGE)
    store.put({"large/model.safetensors": large.read(0, large.size), "large/LICENSE": apache_text().encode()})
    report = remote(f"{store.target}/large")
    assert report.safety.level == "clean"
    assert report.cost.bytes_read < 1 << 20
    assert report.cost.requests <= 6


def test_offline_from_the_cache(store, folder, remote):
    store.put(content(folder, "tiny/"))
    online = remote(f"{store.target}/tiny")
    offline = remote(f"{store.target}/tiny", offline=True)
    assert plain(offline) == plain(online)
    assert offline.release.revision == online.release.revision
    assert offline.cost.requests == 0
    with pytest.raises(TargetUnreadable, match="not in the cache"):
        remote(f"{store.target}/other", offline=True)


def test_the_revision_follows_the_content(store, folder, remote):
    store.put(content(folder, "tiny/"))
    first = remote(f"{store.target}/tiny").release.revision
    assert remote(f"{store.target}/tiny").release.revision == first
    store.put({"tiny/README.md": b"# Another\n"})
    assert remote(f"{store.target}/tiny").release.revision != first


def test_names_that_no_folder_has(store, folder, remote):
    files = content(folder, "tiny/")
    report = None
    store.put({**files, "tiny/a//b.txt": b"x"})
    report = remote(f"{store.target}/tiny")
    assert {item.path for item in report.files} == set(content(folder))
    assert [gap.detail for gap in report.gaps if gap.inspector == "store"] == [
        "an object's name is no path of a folder; it was not looked at"
    ]


def test_nothing_there(store, remote):
    store.put({"x": b"y"})
    for target in (
        f"{store.target}/none",
        f"{store.target}/none/",
        store.target.replace("models", "nowhere"),
    ):
        with pytest.raises(TargetNotFound):
            remote(target)


@pytest.mark.parametrize(
    "target",
    [
        "s3:bucket/x",
        "s3://a/x",
        "gs://UPPER/x",
        "az://c_c@account/x",
        "az://models/x",
        "abfss://m@host.invalid/x",
    ],
)
def test_what_is_no_bucket(remote, target):
    with pytest.raises(UsageError):
        remote(target)


# S3


def test_a_listing_of_many_pages(s3, remote):
    s3.put({f"many/{number:04}.txt": b"x" for number in range(1001)})
    assert len(remote("s3://models/many/", shallow=True).release.files) == 1001


def test_a_name_that_xml_cannot_hold(s3, remote):
    s3.put({"odd/a\x01b c+d.txt": b"words\n", "odd/plain.txt": b"more\n"})
    assert {item.path for item in remote("s3://models/odd").files} == {"a\x01b c+d.txt", "plain.txt"}


def test_a_bucket_in_which_an_object_was_deleted(s3, remote):
    s3.client.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    s3.put({"a.txt": b"one"})
    s3.put({"a.txt": b"two"})
    assert [item.path for item in remote("s3://models/a.txt").files] == ["a.txt"]
    s3.client.delete_object(Bucket="models", Key="a.txt")
    with pytest.raises(TargetNotFound):
        remote("s3://models/a.txt")


def test_the_tag_of_an_object_in_parts_is_no_digest(s3, remote):
    part = bytes(5 << 20)
    upload = s3.client.create_multipart_upload(Bucket="models", Key="big.bin")["UploadId"]
    parts = [
        {"PartNumber": number, "ETag": s3.client.upload_part(Bucket="models", Key="big.bin", UploadId=upload, PartNumber=number, Body=part)["ETag"]}
        for number in (1, 2)
    ]  # fmt: skip
    s3.client.complete_multipart_upload(
        Bucket="models", Key="big.bin", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    report = remote("s3://models/big.bin")
    assert report.release.files[0].digest is None
    assert report.release.files[0].size == 10 << 20
    assert [item.value for item in report.evidence if item.key == "host.digests"] == ["tag"]


def test_versions_are_what_is_read(s3, folder, remote):
    s3.client.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    s3.put(content(folder, "tiny/"))
    s3.put({"tiny/README.md": b"# Newer\n", "tiny/gone.txt": b"x"})
    s3.client.delete_object(Bucket="models", Key="tiny/gone.txt")
    report = remote("s3://models/tiny")
    assert {item.path for item in report.files} == set(content(folder))
    head = s3.client.head_object(Bucket="models", Key="tiny/README.md")
    assert remote("s3://models/tiny/README.md").release.revision == head["VersionId"]


def test_moto_finds_the_signature_right_and_a_wrong_one_wrong(s3, folder, remote, monkeypatch):
    import boto3

    s3.put(content(folder, "tiny dir/"))
    iam = boto3.client("iam", endpoint_url=s3.endpoint, region_name="us-east-1")
    iam.create_user(UserName="reader")
    rule = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(rule))
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    httpx2.post(f"{s3.endpoint}/moto-api/reset-auth", content=b"0", trust_env=False)
    try:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        report = remote("s3://models/tiny dir")
        assert {item.path for item in report.files} == set(content(folder))
        assert report.gaps == plain(ajar.audit(folder))["gaps"]
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        with pytest.raises(TargetUnreadable):
            remote("s3://models/tiny dir", keep=False)
    finally:
        httpx2.post(f"{s3.endpoint}/moto-api/reset-auth", content=b"inf", trust_env=False)


@pytest.mark.parametrize("token", ["", "a-session"])
@pytest.mark.parametrize(
    "url",
    [
        "https://models.s3.eu-west-1.amazonaws.com/",
        "https://models.s3.eu-west-1.amazonaws.com/a%20b/c%2Bd.bin?versionId=x%2Fy",
        f"http://{stores.LOOPBACK}:9000/models/?list-type=2&max-keys=1000&prefix=a%20b%2F",
        "https://host.example:443/models/?versions=&prefix=",
    ],
)
def test_the_signature_is_botocore_s(url, token):
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    at = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
    ours = _aws.signed("GET", url, _aws.Keys("AKIDEXAMPLE", "secret/+key", token), "eu-west-1", at)
    request = AWSRequest("GET", url, headers={"x-amz-content-sha256": _aws.EMPTY})
    request.context["timestamp"] = ours["x-amz-date"]
    if token:
        request.headers["X-Amz-Security-Token"] = token
    auth = S3SigV4Auth(Credentials("AKIDEXAMPLE", "secret/+key", token or None), "s3", "eu-west-1")
    request.headers["X-Amz-Date"] = ours["x-amz-date"]
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    assert ours["authorization"].endswith(f"Signature={signature}")


def test_a_bucket_elsewhere_is_asked_where_it_is(monkeypatch):
    """S3 itself is out of reach of tests: its answer for a bucket in another region, as its API documents it."""
    listing = b"<ListBucketResult><Contents><Key>a</Key><Size>1</Size><ETag>&quot;x&quot;</ETag></Contents></ListBucketResult>"
    asked: list[tuple[str, str]] = []

    class Faraway:
        def __init__(self) -> None:
            self.signers: dict[str, Any] = {}
            self.transport = self

        def get(self, url: str, **_: Any) -> Reply:
            place = httpx2.URL(url).host
            sign = self.signers[f"{place}:443"]
            asked.append((place, sign("GET", url, {})["authorization"].split("/")[2]))
            if "eu-west-3" not in place:
                region = {"x-amz-bucket-region": "eu-west-3"}
                return Reply(status=301, headers=region, body=b"<Error/>", url=url, is_whole=True)
            if "versioning" in url:
                return Reply(status=403, headers={}, body=b"<Error/>", url=url, is_whole=True)
            return Reply(status=200, headers={}, body=listing, url=url, is_whole=True)

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    bucket, line = S3Bucket("models"), Faraway()
    bucket.prepare(line)
    assert [item.key for item in bucket.objects(line, "", 1000)] == ["a"]
    assert asked == [
        ("models.s3.us-east-1.amazonaws.com", "us-east-1"),
        ("models.s3.eu-west-3.amazonaws.com", "eu-west-3"),
        ("models.s3.eu-west-3.amazonaws.com", "eu-west-3"),
    ]
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    assert S3Bucket("models").host == "models.s3.cn-north-1.amazonaws.com.cn"
    assert S3Bucket("my.models").host == "s3.cn-north-1.amazonaws.com.cn"


def test_keys_and_settings_of_a_profile(s3, folder, remote, monkeypatch, tmp_path):
    s3.put(content(folder))
    for name in s3.environment:
        monkeypatch.delenv(name)
    home = tmp_path / "home" / ".aws"
    home.mkdir(parents=True)
    (home / "config").write_text(f"[profile work]\nregion = eu-west-1\nendpoint_url = {s3.endpoint}\n")
    (home / "credentials").write_text(
        "[work]\naws_access_key_id = a\naws_secret_access_key = b\naws_session_token = c\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert remote("s3://models").files
    assert _aws.keys(_aws.settings()) == _aws.Keys("a", "b", "c")
    monkeypatch.setenv("AWS_PROFILE", "none")
    with pytest.raises(UsageError, match="no such profile"):
        _aws.settings()
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert _aws.keys(_aws.settings()) is None


def test_a_role_is_assumed_by_botocore(s3, folder, remote, monkeypatch, tmp_path):
    """moto hands out the role's keys too, as AWS does: by a conversation that is botocore's."""
    s3.put(content(folder))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    home = tmp_path / "home" / ".aws"
    home.mkdir(parents=True)
    role = "role_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\n"
    (home / "config").write_text(f"[profile reader]\nregion = us-east-1\n{role}")
    (home / "credentials").write_text("[base]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_PROFILE", "reader")
    found = _aws.keys(_aws.settings())
    assert found is not None
    assert found.access.startswith("ASIA")
    assert found.token
    assert remote("s3://models").files


def test_a_role_is_botocore_s_business(monkeypatch, tmp_path):
    home = tmp_path / "home" / ".aws"
    home.mkdir(parents=True)
    (home / "config").write_text("[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = none\n")
    with pytest.raises(UsageError, match="no keys for S3"):
        _aws.keys(_aws.settings())
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(UsageError, match="role_arn") as caught:
        _aws.keys(_aws.settings())
    assert caught.value.hint == "pip install 'ajar[stores]'"
    (home / "config").unlink()
    assert _aws.keys(_aws.settings()) is None


# Google


def test_a_token_goes_to_google_s_endpoint_alone(monkeypatch, remote):
    """Listings in two pages, each object redirected to another host, which is inside and is not followed."""
    asked: list[tuple[str, str | None]] = []

    def listing(request: Request) -> Response:
        asked.append(("list", request.headers.get("authorization")))
        second = request.query_params.get("pageToken") == "two"
        name = "b.txt" if second else "a.txt"
        items = [{"name": name, "size": "3", "generation": "7", "crc32c": "AAAAAA=="}]
        items += [{"name": f"\ud800{name}", "size": "3"}]
        return Response(json.dumps({"items": items} if second else {"items": items, "nextPageToken": "two"}))

    def there(request: Request) -> Response:
        asked.append(("read", request.headers.get("authorization")))
        return RedirectResponse(str(request.url.replace(hostname="localhost", path="/inside", query="")))

    def inside(request: Request) -> Response:
        asked.append(("inside", request.headers.get("authorization")))
        return Response(b"abc")

    routes = [
        Route("/storage/v1/b/models/o", listing),
        Route("/download/storage/v1/b/models/o/{name}", there),
        Route("/inside", inside),
    ]
    with serving(Starlette(routes=routes)) as endpoint:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", endpoint.removeprefix("http://"))
        monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "ya29.x")
        report = remote("gs://models")
    assert {item.path for item in report.release.files} == {"a.txt", "b.txt"}
    assert sum("no path of a folder" in gap.detail for gap in report.gaps) == 2
    assert {item.digest for item in report.release.files} == {"crc32c:00000000"}
    assert {role for role, _ in asked} == {"list", "read"}
    assert {token for _, token in asked} == {"Bearer ya29.x"}
    assert sum("its network" in gap.detail for gap in report.gaps) == 2


def test_a_service_account_is_asked_for_its_token(google, folder, remote, monkeypatch, tmp_path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    google.put(content(folder))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    seen: list[dict[str, Any]] = []

    async def token(request: Request) -> Response:
        form = dict(pair.split("=", 1) for pair in (await request.body()).decode().split("&"))
        head, claims, signature = form["assertion"].split(".")
        raw = base64.urlsafe_b64decode(signature + "==")
        key.public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())
        seen.append(json.loads(base64.urlsafe_b64decode(claims + "==")))
        return JSONResponse({"access_token": "ya29.given", "expires_in": 3600, "token_type": "Bearer"})

    with serving(Starlette(routes=[Route("/token", token, methods=["POST"])])) as tokens:
        path = tmp_path / "account.json"
        row = {
            "type": "service_account", "client_email": "reader@x.iam.gserviceaccount.com", "private_key": pem,
            "token_uri": f"{tokens}/token", "private_key_id": "1", "project_id": "x",
        }  # fmt: skip
        path.write_text(json.dumps(row))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        assert remote("gs://models").files
    assert seen[0]["scope"] == "https://www.googleapis.com/auth/devstorage.read_only"
    path.write_text("{}")
    with pytest.raises(UsageError, match=r"account\.json"):
        remote("gs://models")
    path.write_text('{"type": "external_account"}')
    with pytest.raises(UsageError, match="external_account") as caught:
        remote("gs://models")
    assert "GOOGLE_OAUTH_ACCESS_TOKEN" in caught.value.hint
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "google.auth.exceptions", None)
        with pytest.raises(UsageError, match="google-auth") as caught:
            remote("gs://models")
        assert caught.value.hint == "pip install 'ajar[stores]'"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(UsageError, match="no such file"):
        remote("gs://models")


# Azure


def test_a_name_that_azure_escapes(azure, remote):
    azure.put({"plain.txt": b"words"})
    name = '<Name Encoded="true">odd/a%01b.txt</Name>'
    body = f"<a><Blob>{name}<Content-Length>3</Content-Length></Blob></a>"
    azure.client._list = lambda *_: Response(body.encode())
    assert [item.path for item in remote(f"{azure.target}/odd", shallow=True).release.files] == ["a\x01b.txt"]


def test_a_public_container_and_a_shared_access_signature(azure, folder, remote, monkeypatch):
    azure.put(content(folder))
    monkeypatch.delenv("AZURE_STORAGE_CONNECTION_STRING")
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", azure.endpoint)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", stores.ACCOUNT)
    with pytest.raises(TargetUnreadable):
        remote(azure.target)
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "?sv=2021-12-02&sig=given")
    assert {item.path for item in remote(azure.target).files} == set(content(folder))
    monkeypatch.delenv("AZURE_STORAGE_SAS_TOKEN")
    azure.client.is_public = True
    azure.client.asked.clear()
    assert remote(azure.target, keep=False).files
    assert all("authorization" not in headers for _, headers in azure.client.asked)


def test_the_key_of_one_account_is_not_sent_to_another(azure):
    from ajar.sources._azure import AzureContainer

    own, other = (
        AzureContainer(f"models@{stores.ACCOUNT}"),
        AzureContainer("models@elsewhere.dfs.core.windows.net"),
    )
    assert other.host == "elsewhere.blob.core.windows.net"
    sent = {name: made._headers("GET", "https://x/y", {}) for name, made in (("own", own), ("other", other))}
    assert "authorization" in sent["own"]
    assert "authorization" not in sent["other"]


def test_a_key_that_is_none():
    with pytest.raises(UsageError, match="base64"):
        shared_key("GET", "https://x/y", {}, "account", "no key!")


def test_an_object_that_changes_meanwhile_is_no_mixture(azure, folder, remote):
    azure.put({**content(folder), "notes.txt": b"before"})
    listed, azure.client.page = azure.client._list, 100

    def changing(request: Request, blobs: dict[str, bytes]) -> Response:
        answer: Response = listed(request, blobs)
        blobs["notes.txt"] = b"after!"
        return answer

    azure.client._list = changing
    gaps = [gap for gap in remote(azure.target).gaps if gap.location.path == "notes.txt"]
    assert gaps
    assert "412" in gaps[0].detail


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<a>",
        b"<!DOCTYPE x><a/>",
        b"<a><Blob><Name>x</Name></Blob></a>",
        b"<a><NextMarker>n</NextMarker></a>",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY y "z">]><a>&y;</a>'.encode("utf-16"),
        b"<?xml version='1.0' encoding='cp037'?><a>" + "<!x".encode("cp037") + b"</a>",
        b"<a>" + b"<b/>" * 200_001 + b"</a>",
    ],
)
def test_a_listing_that_is_none(azure, remote, broken):
    azure.put({})
    azure.client._list = lambda *_: Response(broken)
    with pytest.raises((TargetUnreadable, TargetNotFound)):
        remote(azure.target)


@given(st.binary(max_size=200))
def test_any_bytes_are_xml_or_malformed(data):
    for page in (data, b"<?xml version='1.0'?><a>" + data + b"</a>"):
        with contextlib.suppress(MalformedError):
            tree(page)
