"""Keys and settings of S3, as its own tools find them, and the signature that a request to it carries.

Signature version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
Keys in the environment and in the shared files are read here. Roles, single sign-on and the credentials of an
instance are botocore's business, which the extra `stores` installs.
"""

from __future__ import annotations

import configparser
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from ajar.errors import UsageError

EMPTY = sha256(b"").hexdigest()
INSTALL = "pip install 'ajar[stores]'"
_UNRESERVED = "-_.~"
_ELSEWHERE = ("role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file")
_ELSEWHERE_NAMES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """One set of keys. Never shown: it has no useful `repr`."""

    access: str
    secret: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment, and the profile of the shared files that `AWS_PROFILE` names."""

    profile: Mapping[str, str]

    @property
    def region(self) -> str:
        named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return named or self.profile.get("region", "")

    @property
    def endpoint(self) -> str:
        named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        return (named or self.profile.get("endpoint_url", "")).rstrip("/")


def settings() -> Settings:
    """Read the shared files. One that cannot be read says nothing. Raises `UsageError` for a profile that is not there."""
    name = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    found: dict[str, str] = {}
    is_there = name == "default"
    for variable, file, section in (
        ("AWS_CONFIG_FILE", "config", name if name == "default" else f"profile {name}"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", name),
    ):
        parser = configparser.RawConfigParser()
        try:
            text = (
                Path(os.environ.get(variable) or Path.home() / ".aws" / file).expanduser().read_text("utf-8")
            )
            parser.read_string(text)
        except (OSError, UnicodeError, configparser.Error):
            continue
        if parser.has_section(section):
            found |= dict(parser.items(section))
            is_there = True
    if not is_there:
        raise UsageError(f"AWS_PROFILE={name}: no such profile", hint="check ~/.aws/config, or unset it")
    return Settings(found)


def keys(known: Settings) -> Keys | None:
    """The keys to sign with; `None` for a public bucket. Raises `UsageError` where botocore is needed and missing."""
    if os.environ.get("AWS_SKIP_SIGNATURE", "").lower() in {"1", "true", "yes"}:
        return None
    access, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if access and secret:
        return Keys(access, secret, os.environ.get("AWS_SESSION_TOKEN", ""))
    profile = known.profile
    if profile.get("aws_access_key_id") and profile.get("aws_secret_access_key"):
        token = profile.get("aws_session_token", "")
        return Keys(profile["aws_access_key_id"], profile["aws_secret_access_key"], token)
    try:
        from botocore.session import Session
    except ImportError:
        needs = [name for name in _ELSEWHERE if profile.get(name)]
        needs += [name for name in _ELSEWHERE_NAMES if os.environ.get(name)]
        if needs:
            raise UsageError(f"{needs[0]} is set, and following it needs botocore", hint=INSTALL) from None
        return None
    return _by_botocore(Session())


def _by_botocore(session: object) -> Keys | None:
    from botocore.exceptions import BotoCoreError

    try:
        found = session.get_credentials()  # type: ignore[attr-defined]
        frozen = found.get_frozen_credentials() if found else None
    except BotoCoreError as error:
        raise UsageError(f"no keys for S3: {error}", hint="log in again, or set AWS_ACCESS_KEY_ID") from error
    return Keys(frozen.access_key, frozen.secret_key, frozen.token or "") if frozen else None


def signed(method: str, url: str, pair: Keys, region: str, at: datetime | None = None) -> dict[str, str]:
    """The headers that sign a request without a body."""
    moment = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    parts = urlsplit(url)
    usual = ":443" if parts.scheme == "https" else ":80"  # never written in a request
    headers = {"host": parts.netloc.removesuffix(usual), "x-amz-content-sha256": EMPTY, "x-amz-date": moment}
    if pair.token:
        headers["x-amz-security-token"] = pair.token
    names = ";".join(sorted(headers))
    query = sorted(
        (quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    request = "\n".join(
        (
            method,
            parts.path or "/",
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            names,
            EMPTY,
        )
    )
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = f"AWS4{pair.secret}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    del headers["host"]
    credential = f"Credential={pair.access}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}"}
