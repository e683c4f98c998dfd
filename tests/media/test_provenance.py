"""What is signed is as it was signed, or is told apart; and nobody loses a film over a signature."""

from __future__ import annotations

import io
import itertools
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x448
from PIL import Image as Pillow

import mien
from mien.cli import main
from mien.core.errors import BadInput, MienError
from mien.core.frame import Frame
from mien.media import (
    authority,
    provenance,
    read_audio,
    read_picture,
    read_video,
    write_animation,
    write_png,
    write_sequence,
)
from mien.media.marks import SOURCE_TYPE
from mien.media.verification import Verification, lines, read_back
from tests.media.test_video import save, speechlike
from tests.media.unsigned import C2PA, boxes

RATE = Fraction(25)
NOISE = list(np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3), dtype=np.uint8))


def write(path: Path) -> Path:
    """A small picture, animation or video with sound, by the suffix."""
    frames = [Frame(image, i, RATE) for i, image in enumerate(NOISE)]
    match path.suffix:
        case ".png":
            write_png(path, NOISE[0])
        case ".gif" | ".webp":
            write_animation(path, frames, RATE)
        case _:
            save(path, NOISE, sound=speechlike(0.24))
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Moves to another user's home by name. Returns the folder of its key."""
    provenance._warn_once.cache_clear()

    def move(name: str) -> Path:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / name))
        return authority.folder()

    return move


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a signed file of every kind."""
    folder = tmp_path_factory.mktemp("signed")
    for suffix in provenance.FORMATS:
        write(folder / f"a{suffix}")
    return folder


@pytest.mark.parametrize("suffix", list(provenance.FORMATS))
def test_every_output_is_signed_and_says_that_it_is_synthetic(signed: Path, suffix: str) -> None:
    assert mien.verify(signed / f"a{suffix}") == Verification(
        manifest=True,
        intact=True,
        signer="mien (local key)",
        authority="mien local authority",
        generator=f"mien {mien.__version__}",
        source_type=SOURCE_TYPE,
        iptc=SOURCE_TYPE,
    )


def test_every_picture_of_a_folder_is_signed(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "frames", (Frame(image, i, RATE) for i, image in enumerate(NOISE)))
    assert [mien.verify(path).intact for path in folder.iterdir()] == [True] * len(NOISE)


def test_a_webm_has_no_place_for_a_signature_and_keeps_the_iptcs_mark(tmp_path: Path) -> None:
    assert mien.verify(write(tmp_path / "a.webm")) == Verification(iptc=SOURCE_TYPE)


@pytest.mark.parametrize("suffix", list(provenance.FORMATS))
def test_a_signature_changes_no_pixel_and_no_sound(
    signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    for module in ("video", "stills", "picture"):
        monkeypatch.setattr(f"mien.media.{module}.sign", lambda path: None)
    plain, path = write(tmp_path / f"a{suffix}"), signed / f"a{suffix}"
    assert not mien.verify(plain).manifest
    if suffix == ".mp4":
        np.testing.assert_array_equal(read_audio(path).values, read_audio(plain).values)
    for one, other in zip(pictures(path), pictures(plain), strict=True):
        np.testing.assert_array_equal(one, other)


def pictures(path: Path) -> Iterator[np.ndarray]:
    if path.suffix == ".mp4":
        yield from (frame.image for frame in read_video(path)[1])
        return
    with Pillow.open(path) as file:
        for i in range(getattr(file, "n_frames", 1)):
            file.seek(i)
            yield np.asarray(file.convert("RGB"))


# ---------------------------------------------------------------------------------------- altered, damaged


def outside_the_manifest(data: bytes) -> np.ndarray:
    """Where a changed byte must be noticed: all but the manifest itself, and in an .mp4 the list of its brands."""
    counts = np.ones(len(data), bool)
    if data[4:8] == b"ftyp":
        for start, stop in boxes(data):
            counts[start:stop] = data[start + 4 : start + 8] != b"ftyp" and data[start + 8 : start + 24] != C2PA
    else:
        start = data.index(b"caBX") - 4
        counts[start : start + 12 + int.from_bytes(data[start : start + 4])] = False
    return np.flatnonzero(counts)


@pytest.mark.parametrize("suffix", [".mp4", ".png"])
def test_one_changed_bit_of_the_picture_or_the_sound_is_told(signed: Path, tmp_path: Path, suffix: str) -> None:
    data, chance = (signed / f"a{suffix}").read_bytes(), np.random.default_rng(1)
    path = tmp_path / f"a{suffix}"
    for at in chance.choice(outside_the_manifest(data), 50, replace=False):
        changed = bytearray(data)
        changed[at] ^= 1 << int(chance.integers(8))
        path.write_bytes(changed)
        try:
            found = mien.verify(path)
        except BadInput:
            continue
        assert not found.intact, at


@pytest.mark.parametrize("suffix", list(provenance.FORMATS))
def test_damaged_files_are_told_apart_or_refused_in_a_sentence(signed: Path, tmp_path: Path, suffix: str) -> None:
    data, chance = (signed / f"a{suffix}").read_bytes(), np.random.default_rng(2)
    path = tmp_path / f"a{suffix}"
    for count in range(50):
        changed = bytearray(data)
        if count % 2:  # most of what there is to break lies at the beginning
            for at in (chance.random(20) ** 4 * len(data)).astype(int):
                changed[at] = chance.integers(256)
        else:
            del changed[1 + int(chance.random() ** 2 * (len(data) - 1)) :]
        path.write_bytes(changed)
        try:
            found = mien.verify(path)
        except BadInput as error:
            assert str(path) in str(error)
            continue
        assert lines(found) and (not found.intact or len(changed) == len(data))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file {path}"),
        (b"", "{path} is empty: 0 bytes"),
        (b"once upon a time\n" * 9, "{path} is not a picture, sound or video file"),
        (bytes(5000), "{path} is not a picture, sound or video file"),
    ],
)
def test_what_is_no_media_file_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    assert main(["verify", str(path)]) == 1
    assert capsys.readouterr().err == f"mien: {message.format(path=path)}\n"


# ------------------------------------------------------------------------------------------------- trust


def test_a_signer_is_trusted_only_by_a_list_that_knows_its_authority(
    tmp_path: Path, home: Callable[[str], Path]
) -> None:
    mine = home("mine")
    path = write(tmp_path / "a.png")
    assert not mien.verify(path).trusted
    assert mien.verify(path, trust=mine / "authority.pem").trusted
    shown = read_picture(path)
    home("somebody else's")  # who changes the picture and signs it under the same names
    write_png(path, 255 - shown)
    found = mien.verify(path, trust=mine / "authority.pem")
    assert found.intact and found.signer == "mien (local key)" and not found.trusted
    assert any("anybody can make one" in line for line in lines(found))


def test_a_list_of_nobody_is_refused(signed: Path, tmp_path: Path) -> None:
    (tmp_path / "list.pem").write_text("nobody")
    with pytest.raises(BadInput, match="not a list of certificates"):
        mien.verify(signed / "a.png", trust=tmp_path / "list.pem")


def test_a_certificate_that_has_run_out_says_nothing_against_the_file() -> None:
    def report(code: str) -> dict[str, object]:
        failure = [{"code": code, "explanation": "no"}]
        holds = [{"code": "claimSignature.validated"}]
        results = {"activeManifest": {"success": holds, "failure": failure}}
        return {"active_manifest": "m", "manifests": {"m": {}}, "validation_results": results}

    assert read_back(report("signingCredential.expired"), None) == Verification(
        manifest=True, intact=True, problems=("no",)
    )
    assert read_back(report("signingCredential.untrusted"), None) == Verification(manifest=True, intact=True)
    for code in ("assertion.dataHash.mismatch", "signingCredential.revoked", "something.new"):
        assert not read_back(report(code), None).intact


# ------------------------------------------------------------------------------------- the local authority


def test_the_local_key_is_made_once_and_nobody_else_may_read_it(home: Callable[[str], Path]) -> None:
    folder, now = home("a"), datetime.now(UTC)
    first = authority.local_credentials(now)
    assert authority.local_credentials(now) == first
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "signer.pem").stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in (folder / "authority.pem").read_bytes()
    assert first.key.decode() not in repr(first)


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n", None])
def test_a_damaged_local_key_is_made_anew(tmp_path: Path, home: Callable[[str], Path], damage: bytes | None) -> None:
    path = home("a") / "signer.pem"
    first = authority.local_credentials(datetime.now(UTC))
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    write(tmp_path / "a.png")
    assert mien.verify(tmp_path / "a.png", trust=path.with_name("authority.pem")).trusted
    assert authority.local_credentials(datetime.now(UTC)) != first


def test_a_local_key_is_made_anew_while_its_signatures_still_hold_for_years(home: Callable[[str], Path]) -> None:
    home("a")
    now = datetime.now(UTC)
    first = authority.local_credentials(now)
    assert authority.local_credentials(now + authority.LIFE / 2 - timedelta(days=2)) == first
    assert authority.local_credentials(now + authority.LIFE / 2 + timedelta(days=2)) != first


def test_processes_that_make_the_local_key_at_once_get_the_same(home: Callable[[str], Path]) -> None:
    home("a")
    code = "from mien.media.authority import *; import sys; sys.stdout.write(credentials().chain.decode())"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(3)]
    made = {process.communicate()[0] for process in running}
    assert len(made) == 1 and b"CERTIFICATE" in made.pop()


# ---------------------------------------------------------------------------------------- the user's own key


def own(folder: Path, monkeypatch: pytest.MonkeyPatch, *, key: object = None, chain: bytes | None = None) -> None:
    """Name a key and certificates in the environment; those that are not given go with each other."""
    made, _ = authority.made_credentials(datetime.now(UTC))
    (folder / "chain.pem").write_bytes(made.chain if chain is None else chain)
    (folder / "key.pem").write_bytes(made.key if key is None else key if isinstance(key, bytes) else pem(key))
    monkeypatch.setenv("MIEN_SIGNING_KEY", str(folder / "key.pem"))
    monkeypatch.setenv("MIEN_SIGNING_CERT", str(folder / "chain.pem"))


def pem(key: object, password: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)  # type: ignore[attr-defined]


def issued(key: object, *, vouches: bool = False, age: timedelta = timedelta(0)) -> bytes:
    """A certificate for a key, by an authority of its own."""
    root = ec.generate_private_key(ec.SECP256R1())
    certificate = authority._certificate("Somebody", key, root, datetime.now(UTC) - age, vouches=vouches)
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize("kind", ["P-384", "Ed25519"])
def test_the_users_own_key_signs_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Callable[[str], Path], kind: str
) -> None:
    key = ec.generate_private_key(ec.SECP384R1()) if kind == "P-384" else ed25519.Ed25519PrivateKey.generate()
    own(tmp_path, monkeypatch, key=key, chain=issued(key))
    folder = home("a")
    provenance.check_own_key()
    found = mien.verify(write(tmp_path / "a.png"))
    assert found.intact and found.signer == "Somebody"
    assert not folder.exists()


def wrong_keys() -> Iterator[tuple[object, bytes | None, str]]:
    key = ec.generate_private_key(ec.SECP256R1())
    yield b"no key", None, "MIEN_SIGNING_KEY: .*key.pem is not a private key in PEM"
    yield pem(key, b"secret"), None, "locked with a passphrase"
    yield key, None, "is not the key of the first certificate"
    yield x448.X448PrivateKey.generate(), None, "of a kind that C2PA does not take"
    yield None, b"no certificate", "MIEN_SIGNING_CERT: .*chain.pem is not a chain"
    yield key, issued(key, age=2 * authority.LIFE), "is valid from .* not today"
    yield key, issued(key, vouches=True), "C2PA does not take this certificate"


@pytest.mark.parametrize(("key", "chain", "message"), list(wrong_keys()), ids=range(7))
def test_a_key_that_cannot_sign_is_refused_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: object, chain: bytes | None, message: str
) -> None:
    own(tmp_path, monkeypatch, key=key, chain=chain)
    take = mien.say("Hello.", voice="tone", renderer="sketch")
    with pytest.raises(BadInput, match=message):
        take.check_output(tmp_path / "a.mp4")
    take.check_output(tmp_path / "a.wav")  # which is not signed


@pytest.mark.parametrize("name", ["MIEN_SIGNING_KEY", "MIEN_SIGNING_CERT"])
def test_half_a_key_or_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    own(tmp_path, monkeypatch)
    monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
    with pytest.raises(MienError, match=rf"{name}: cannot read .*missing.pem: no such file"):
        provenance.check_own_key()
    monkeypatch.delenv(name)
    with pytest.raises(MienError, match=f"{name} is not"):
        provenance.check_own_key()


# --------------------------------------------------------------------------------- when there is no signing


def hindered(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make signing impossible. Returns what the warning must say."""
    match how:
        case "a home that cannot be written":
            (tmp_path / "file").touch()
            monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
            return "not a directory"
        case "a broken library":
            monkeypatch.setitem(sys.modules, "c2pa", None)
            return "c2pa"
        case _:
            own(tmp_path, monkeypatch, key=b"no key")
            return "not a private key"


@pytest.mark.parametrize("how", ["a home that cannot be written", "a broken library", "a wrong key"])
@pytest.mark.parametrize("suffix", [".mp4", ".png"])
def test_what_cannot_be_signed_is_written_all_the_same_with_one_warning(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    home: Callable[[str], Path],
    caplog: pytest.LogCaptureFixture,
    how: str,
    suffix: str,
) -> None:
    home("a")
    (tmp_path / "out").mkdir()
    with monkeypatch.context() as patch:
        reason = hindered(how, tmp_path, patch)
        for name in ("a", "b"):
            write(tmp_path / "out" / f"{name}{suffix}")
    (warning,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "written without a signature" in warning and reason in warning
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [f"a{suffix}", f"b{suffix}"]
    assert mien.verify(tmp_path / "out" / f"a{suffix}") == Verification(iptc=SOURCE_TYPE)
    assert len(list(pictures(tmp_path / "out" / f"a{suffix}"))) == (6 if suffix == ".mp4" else 1)


def test_an_interrupt_while_a_file_is_signed_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, times = provenance._write_signed, itertools.count()

    class Interrupting(io.BytesIO):
        """Python drops what is raised in a call from a library: here it would be, in the main thread."""

        def readinto(self, buffer: memoryview) -> int:
            nonlocal times
            if next(times) == 3:
                os.kill(os.getpid(), signal.SIGINT)
            return super().readinto(buffer)

    def interrupted(kind: str, source: io.BufferedReader, out: io.BufferedRandom, who: object) -> None:
        real(kind, Interrupting(source.read()), out, who)  # type: ignore[arg-type]

    monkeypatch.setattr(provenance, "_write_signed", interrupted)
    for _ in range(10):  # where the main thread happens to be in a finaliser, Python itself loses what is raised
        times = itertools.count()
        try:
            write(tmp_path / "a.png")
        except KeyboardInterrupt:
            assert next(times) > 3 and not list(tmp_path.iterdir())
            return
        (tmp_path / "a.png").unlink()
    pytest.fail("ten interrupts in a row were lost")


# ----------------------------------------------------------------------------------------------- in private


def test_no_word_of_the_photo_or_of_the_user_gets_into_an_output(tmp_path: Path) -> None:
    photo = Pillow.fromarray(NOISE[0])
    notes = photo.getexif()
    notes[0x013B], notes[0x010E] = "Ann Author", "Bob at home"
    notes.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    photo.save(tmp_path / "photo.jpg", exif=notes, comment=b"Carol")
    assert b"Ann Author" in (tmp_path / "photo.jpg").read_bytes()
    write_png(tmp_path / "out.png", read_picture(tmp_path / "photo.jpg"))
    data = without_pixels((tmp_path / "out.png").read_bytes())
    words = [b"Ann Author", b"Bob at", b"Carol", b"Exif", b"GPS", b"photo.jpg", b"out.png", str(tmp_path).encode()]
    host = os.uname().nodename.encode()
    if len(host) > 3:  # a shorter name occurs in signatures by chance
        words.append(host)
    assert not [word for word in words if word in data]


def without_pixels(png: bytes) -> bytes:
    """Every chunk but the compressed picture, in which short words occur by chance."""
    kept, at = b"", 8
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        kept += b"" if kind == b"IDAT" else png[at : at + 12 + size]
        at += 12 + size
    return kept


# ---------------------------------------------------------------------------------------- the command line


def test_verify_tells_a_person_and_a_program_the_same(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shutil.copy(signed / "a.mp4", tmp_path / "renamed.png")  # what a file is, its bytes say
    assert main(["verify", str(path)]) == 0
    told = capsys.readouterr()
    assert "as it was signed" in told.out and "anybody can make one" in told.out and not told.err
    assert main(["verify", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["intact"], found["trusted"], found["source_type"]) == (True, False, SOURCE_TYPE)


def test_verify_fails_for_what_is_altered_or_not_signed(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "a.mp4").open("wb") as file:
        file.write((signed / "a.mp4").read_bytes() + b"more")
    assert main(["verify", str(tmp_path / "a.mp4")]) == 1
    assert "ALTERED" in capsys.readouterr().err
    Pillow.fromarray(NOISE[0]).save(tmp_path / "a.png")
    assert main(["verify", str(tmp_path / "a.png"), "--json"]) == 1
    told = capsys.readouterr()
    assert "no manifest" in told.err and json.loads(told.out)["manifest"] is False
