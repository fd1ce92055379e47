"""`ajar verify`: signatures and lists of digests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ajar.cli.printing import ProgressLine, network, options_of, output, quiet, text_or_json, write
from ajar.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from ajar.signing.trust import Trust

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def signers(command: _Command) -> _Command:
    """The options that say who may have signed; shared with `ajar audit`."""
    options = (
        click.option("--key", type=_FILE, help="The signer's public key, in PEM."),
        click.option(
            "--certificate", type=_FILE, help="The root certificates to trust, in PEM, one below the other."
        ),
        click.option(
            "--identity", metavar="ID", help="The signer's identity (Sigstore), such as an address."
        ),
        click.option("--issuer", metavar="URL", help="Who vouches for the identity."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("target", required=False)
@signers
@click.option(
    "--at", metavar="DATE", help="Judge certificates as of DATE, such as 2026-01-31, and not as of now."
)
@click.option("--signature", type=_FILE, help="The signature, where it is not in the release.")
@click.option(
    "--hash",
    "checksums",
    type=_FILE,
    help="A list of digests (SHA256SUMS, b3sum, model.sig) in place of a signature.",
)
@click.option("--allow-unsigned", is_flag=True, help="Files that were not signed are no fault.")
@click.option("-v", "--verbose", is_flag=True, help="Show every file.")
@text_or_json
@output
@quiet
@network
def verify(
    target: str | None,
    key: Path | None,
    certificate: Path | None,
    identity: str | None,
    issuer: str | None,
    at: str | None,
    signature: Path | None,
    checksums: Path | None,
    allow_unsigned: bool,
    verbose: bool,
    form: str,
    output: Path | None,
    quiet: bool,
    offline: bool,
    no_cache: bool,
) -> int:
    """Check who signed TARGET, and that these are the files that were signed (OpenSSF Model Signing).

    On disk every byte is hashed. On a host nothing large is downloaded: the digests that the host states are held
    against the signed ones. Exits with 1 when not verified.

    \b
    Examples:
      ajar verify ./my-model --key signer.pub
      ajar verify ./my-model --certificate roots.pem
      ajar verify org/model --identity me@example.org --issuer https://accounts.example.org
      ajar verify ./my-model --hash SHA256SUMS
    """
    from ajar.reports import verify_text
    from ajar.verifying import verify as run

    trust = trust_of(key=key, certificate=certificate, identity=identity, issuer=issuer, at=at)
    if checksums is not None and (trust.kind != "none" or signature is not None):
        raise UsageError(
            "--hash checks no signature", hint="leave --key and its like away, or leave --hash away"
        )
    if target is None and checksums is None:
        raise UsageError("no target", hint="give a folder, a file, or what a host has: ajar verify --help")
    with ProgressLine(enabled=not quiet) as progress:
        found = run(
            target or str(checksums.parent if checksums else ""),
            options_of(offline=offline, no_cache=no_cache),
            trust=trust,
            signature=signature,
            checksums=checksums,
            # A list of digests is often one of some files; a signature is one of all.
            allow_unlisted=allow_unsigned or checksums is not None,
            progress=progress.callback,
        )
    write(verify_text.dumps(found) if form == "json" else verify_text.render(found, verbose=verbose), output)
    return ExitCode.OK if found.verified else ExitCode.POLICY


def trust_of(
    *,
    key: Path | None,
    certificate: Path | None,
    identity: str | None,
    issuer: str | None,
    at: str | None = None,
) -> Trust:
    """Who may have signed. Raises `UsageError` for more than one, or half of one."""
    from ajar.signing.trust import PEM_BYTES, Trust

    if (identity is None) != (issuer is None):
        raise UsageError("an identity needs its issuer", hint="give both --identity and --issuer")
    given = [
        name
        for name, value in (("--key", key), ("--certificate", certificate), ("--identity", identity))
        if value
    ]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)}: one signer at a time", hint="give one of them")

    def read(path: Path | None) -> bytes | None:
        if path is None:
            return None
        try:
            with path.open("rb") as handle:
                return handle.read(PEM_BYTES)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}", hint="give a file that can be read") from error

    return Trust(key=read(key), roots=read(certificate), identity=identity, issuer=issuer, at=_moment(at))


def _moment(at: str | None) -> datetime | None:
    if at is None:
        return None
    try:
        return datetime.strptime(at, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"--at {at}: not a date", hint="write it as 2026-01-31") from error
