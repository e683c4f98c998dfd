"""HTTPS by one's own certificate."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.received import gone_over
from mien.core.errors import WrongUse
from mien.server.app import Server, serving
from mien.server.guard import Guard
from mien.server.tls import tls_from_files
from tests.server.browser import opened
from tests.server.doubles import cast
from tests.server.test_page import STATE

TOKEN = "a-token-that-nobody-guesses"


def pair(folder: Path, name: str = "a", *, passphrase: bytes | None = None) -> tuple[str, str]:
    """A certificate of its own making, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(whose).issuer_name(whose).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    hidden = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden
    files = folder / f"{name}.cert.pem", folder / f"{name}.key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(*form))
    return str(files[0]), str(files[1])


def test_pages_and_sockets_come_by_https_and_the_cookie_goes_by_nothing_else(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)

    async def test() -> None:
        server = Server(cast(), Guard("127.0.0.1", TOKEN, secure=True))
        async with serving(server, "127.0.0.1", 0, tls_from_files(certificate, key)) as address:
            assert address.startswith("https://127.0.0.1:") and address.endswith(f"?token={TOKEN}")
            trusted = ssl.create_default_context(cafile=certificate)
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as http:
                async with http.get(address) as answer:
                    assert answer.status == 200 and answer.cookies["mien_token"]["secure"]
                place = address.split("?")[0]
                headers = {"Authorization": f"Bearer {TOKEN}", "Origin": place.rstrip("/")}
                async with http.ws_connect(f"{place}v1/live", headers=headers) as socket:
                    assert (await socket.receive_json())["type"] == "welcome"
            async with aiohttp.ClientSession() as stranger:
                with pytest.raises(aiohttp.ClientConnectorCertificateError):
                    await stranger.get(address)
                with pytest.raises(aiohttp.ClientError):
                    await stranger.get(address.replace("https", "http"))

    asyncio.run(asyncio.wait_for(test(), 60))


def test_a_browser_shows_the_face_by_https_over_webrtc(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)

    async def look() -> None:
        server = Server(cast(), Guard("127.0.0.1", TOKEN, secure=True))
        async with (
            serving(server, "127.0.0.1", 0, tls_from_files(certificate, key)) as address,
            opened(f"{address}&transport=webrtc", "--ignore-certificate-errors") as page,
        ):
            await gone_over(page, "webrtc")
            assert await page.ask(STATE) == "idle" and await page.ask("isSecureContext") and page.errors == []

    asyncio.run(look())


def test_what_is_no_certificate_and_its_key_is_refused_with_a_sentence(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)
    other, other_key = pair(tmp_path, "b")
    junk = tmp_path / "junk.pem"
    junk.write_bytes(b"\0junk")
    damaged = tmp_path / "damaged.pem"
    damaged.write_text(Path(key).read_text()[:80] + "\n-----END PRIVATE KEY-----\n")
    _, hidden = pair(tmp_path, "c", passphrase=b"secret")
    for one, two, why in [
        (str(tmp_path / "none.pem"), key, "no file"), (certificate, str(tmp_path / "none.pem"), "no file"),
        (certificate, other_key, "belongs to another"), (other, key, "belongs to another"),
        (str(junk), key, "no certificate"), (certificate, str(junk), "no private key"),
        (key, certificate, "no certificate"), (certificate, str(damaged), "damaged"),
        (certificate, hidden, "passphrase"), (str(tmp_path), key, "no file"),
    ]:  # fmt: skip
        with pytest.raises(WrongUse, match=why):
            tls_from_files(one, two)
