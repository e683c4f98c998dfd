"""Whisper with fewer layers: the whole one where none is left out, and files that are none are refused."""

import itertools
import random
import shutil
import struct
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from mien.core.errors import BadInput
from mien.language.shortened import shortened
from mien.language.whisper import model_folder, spectrum

HEARD = np.ascontiguousarray(spectrum(0.1 * np.random.default_rng(0).standard_normal(16000))[None])


def encoded(one: ctranslate2.models.Whisper) -> np.ndarray:
    return np.array(one.encode(ctranslate2.StorageView.from_array(HEARD), to_cpu=True))


def encoder(layers: int) -> np.ndarray:
    return encoded(
        ctranslate2.models.Whisper("one", device="cpu", compute_type="int8", files=shortened(model_folder(), layers))
    )


def test_with_all_its_layers_it_says_what_the_whole_one_says() -> None:
    whole = ctranslate2.models.Whisper(str(model_folder()), device="cpu", compute_type="int8")
    assert np.array_equal(encoder(4), encoded(whole))


def test_each_layer_says_something_else() -> None:
    made = [encoder(layers) for layers in (1, 2, 3, 4)]
    for one, next_one in itertools.pairwise(made):
        assert one.shape == next_one.shape == (1, 50, 384)
        assert np.abs(one - next_one).mean() > 0.02


def test_it_is_a_fifth_of_the_whole_one() -> None:
    small = shortened(model_folder(), 3)
    assert sum(map(len, small.values())) < (model_folder() / "model.bin").stat().st_size / 4


def copy(folder: Path, data: bytes) -> Path:
    for name in ("config.json", "vocabulary.txt"):
        shutil.copy(model_folder() / name, folder)
    (folder / "model.bin").write_bytes(data)
    return folder


@pytest.mark.parametrize("layers", [5, 40])
def test_more_layers_than_there_are_are_refused(layers: int) -> None:
    with pytest.raises(BadInput, match=f"fewer than {layers} layers"):
        shortened(model_folder(), layers)


def test_other_formats_and_files_that_end_too_soon_are_refused(tmp_path: Path) -> None:
    data = (model_folder() / "model.bin").read_bytes()
    chance = random.Random(0)
    broken = [b"", data[:3], struct.pack("<I", 5) + data[4:], data[4:], bytes(100)]
    broken += [data[: chance.randrange(len(data) - 100)] for _ in range(5)]
    broken += [data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :] for at in (4, 5, 22, 24, 26)]  # lengths and counts
    for one in broken:
        with pytest.raises(BadInput, match=r"model.bin is not a Whisper of CTranslate2's format 6"):
            shortened(copy(tmp_path, one), 3)
