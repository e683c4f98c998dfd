"""HTTPS by a certificate and its key."""

from __future__ import annotations

import ssl
from pathlib import Path

from mien.core.errors import WrongUse


def tls_from_files(certificate: str, key: str) -> ssl.SSLContext:
    """What a server needs to be HTTPS. certificate, key : PEM files, the chain first. Errors: WrongUse."""
    for file, what in ((certificate, "certificate"), (key, "key")):
        if not Path(file).is_file():
            raise WrongUse(f"--tls wants a {what}: there is no file {file}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=_asked)
    except PermissionError as error:
        raise WrongUse(f"--tls cannot read {error.filename or f'{certificate} or {key}'}") from None
    except ssl.SSLError as error:
        if "MISMATCH" in str(error.reason):
            raise WrongUse(f"--tls wants a certificate and its own key: {key} belongs to another") from None
        raise WrongUse(f"--tls wants PEM files, CERTIFICATE KEY: {_culprit(certificate, key)}") from None
    return context


def _asked() -> str:
    raise WrongUse("--tls wants a key without a passphrase: openssl pkey -in key.pem -out open.pem takes it off")


def _culprit(certificate: str, key: str) -> str:
    """Which of the two is not what it should be."""
    if b"-BEGIN CERTIFICATE-" not in Path(certificate).read_bytes():
        return f"{certificate} holds no certificate"
    if b"PRIVATE KEY-" not in Path(key).read_bytes():
        return f"{key} holds no private key"
    return f"{certificate} or {key} is damaged"
