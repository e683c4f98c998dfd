"""Whose key signs: the user's own, or one that an authority made on this computer on first use vouches for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.core.errors import BadInput, WrongUse
from mien.core.files import atomic_output

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

KEY, CERTIFICATE = "MIEN_SIGNING_KEY", "MIEN_SIGNING_CERT"
"""Environment variables that name the user's own key and certificates, PEM files."""

AUTHORITY, SIGNER = "mien local authority", "mien (local key)"
"""Names in the certificates made here. They name nobody: every mien has an authority of this name."""

LIFE = timedelta(days=3653)
"""Of the certificates made here. No clock outside vouches for the time, so a signature holds as long as they do."""

AT_LEAST = LIFE / 2
"""What must be left of it for another signature."""

CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
"""Elliptic curve -> C2PA's name of the algorithm (C2PA 2.2, 13.2)."""


@dataclass(frozen=True)
class Credentials:
    """What signs. algorithm : C2PA's name; key : PEM, PKCS 8; chain : PEM certificates, the signer's first"""

    algorithm: str
    chain: bytes
    key: bytes = field(repr=False)


def credentials() -> Credentials:
    """The user's own, or the local ones. Errors: WrongUse, BadInput, OSError."""
    return own_credentials() or local_credentials(datetime.now(UTC))


# ------------------------------------------------------------------------------------------ the user's own


def own_credentials() -> Credentials | None:
    """What the environment names; None where it names nothing.

    Errors: WrongUse for a key without certificates or the other way round; BadInput for files that cannot be used.
    """
    key, chain = os.environ.get(KEY), os.environ.get(CERTIFICATE)
    if not key and not chain:
        return None
    if not key or not chain:
        there, missing = (KEY, CERTIFICATE) if key else (CERTIFICATE, KEY)
        raise WrongUse(f"{there} is set and {missing} is not: a signature takes a key and its certificate")
    loaded, certificates = _key(key), _certificates(chain)
    algorithm = _algorithm(loaded)
    if algorithm is None:
        raise BadInput(f"{KEY}: {key} is of a kind that C2PA does not take; give P-256, P-384, P-521, Ed25519 or RSA")
    if loaded.public_key() != certificates[0].public_key():
        raise BadInput(f"{KEY}: {key} is not the key of the first certificate in {chain}")
    now, (first, *_) = datetime.now(UTC), certificates
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        times = f"{first.not_valid_before_utc:%Y-%m-%d} to {first.not_valid_after_utc:%Y-%m-%d}"
        raise BadInput(f"{CERTIFICATE}: the certificate in {chain} is valid from {times}, not today")
    return Credentials(algorithm, _pem(certificates), _plain(loaded))


def _key(name: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _contents(KEY, name)
    try:
        return load_pem_private_key(data, None)
    except TypeError:
        raise BadInput(f"{KEY}: {name} is locked with a passphrase; give a copy without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput(f"{KEY}: {name} is not a private key in PEM") from None


def _certificates(name: str) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    data = _contents(CERTIFICATE, name)
    try:
        return load_pem_x509_certificates(data)
    except ValueError:
        raise BadInput(f"{CERTIFICATE}: {name} is not a chain of certificates in PEM") from None


def _contents(variable: str, name: str) -> bytes:
    try:
        return Path(name).expanduser().read_bytes()
    except OSError as error:
        raise BadInput(f"{variable}: cannot read {name}: {(error.strerror or 'it failed').lower()}") from None


def _algorithm(key: Any) -> str | None:
    """C2PA's name for what a private key does."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match key:
        case ec.EllipticCurvePrivateKey():
            return CURVES.get(key.curve.name)
        case rsa.RSAPrivateKey():
            return "ps256"
        case ed25519.Ed25519PrivateKey():
            return "ed25519"
    return None


# ------------------------------------------------------------------------------------- the local authority


def folder() -> Path:
    """Where the local key is kept. ``authority.pem`` in it is the certificate to hand to those who trust it."""
    from platformdirs import user_data_path

    return user_data_path("mien", appauthor=False) / "signing"


def local_credentials(now: datetime) -> Credentials:
    """What this computer signs with, made when it is not there, damaged or nearly at its end. Errors: OSError."""
    from filelock import FileLock

    path = folder() / "signer.pem"
    if kept := _kept(path, now):
        return kept
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    with FileLock(path.with_suffix(".lock"), timeout=30):
        if kept := _kept(path, now):  # another process may have made it while this one waited
            return kept
        made, authority = made_credentials(now)
        with atomic_output(path.with_name("authority.pem")) as public:
            public.write_bytes(authority)
        with atomic_output(path) as private:  # one file, so that key and certificates are of one making
            private.chmod(0o600)
            private.write_bytes(made.key + made.chain)
        return made


def _kept(path: Path, now: datetime) -> Credentials | None:
    """What lies in a file, if it is whole and lives on long enough."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    try:
        data = path.read_bytes()
        key, (signer, authority) = load_pem_private_key(data, None), load_pem_x509_certificates(data)
        signer.verify_directly_issued_by(authority)
    except Exception:  # whatever a damaged file makes the parsers raise
        return None
    algorithm = _algorithm(key)
    if algorithm is None or key.public_key() != signer.public_key() or signer.not_valid_after_utc - now < AT_LEAST:
        return None
    return Credentials(algorithm, _pem([signer, authority]), _plain(key))


def made_credentials(now: datetime) -> tuple[Credentials, bytes]:
    """New ones for P-256, and the certificate (PEM) of the authority that vouches for them.

    The authority's own key is forgotten at once: what it vouched for is all it ever will.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(AUTHORITY, root, root, now, vouches=True)
    signer = _certificate(SIGNER, key, root, now, vouches=False)
    return Credentials("es256", _pem([signer, authority]), _plain(key)), _pem([authority])


def _certificate(name: str, key: Any, issuer: Any, now: datetime, *, vouches: bool) -> Certificate:
    """A certificate as C2PA wants them (C2PA 2.2, 14.5). vouches : for others, or signs manifests itself"""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)  # nobody need know when mien was first run
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(AUTHORITY))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(midnight - timedelta(days=1))  # clocks differ
        .not_valid_after(midnight + LIFE)
        .add_extension(x509.BasicConstraints(ca=vouches, path_length=0 if vouches else None), critical=True)
        .add_extension(_usage(vouches), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
    )
    if not vouches:
        mail = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION])  # every reader of C2PA takes it
        builder = builder.add_extension(mail, critical=False)
    return builder.sign(issuer, hashes.SHA256())


def _name(common: str) -> Any:
    from cryptography import x509

    pairs = [(x509.NameOID.ORGANIZATION_NAME, AUTHORITY), (x509.NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs])


def _usage(vouches: bool) -> Any:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not vouches,
        key_cert_sign=vouches,
        crl_sign=vouches,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificates: Sequence[Certificate]) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _plain(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem
