"""Motion and speech in files. Every format carries a kind and a version; docs/motion.md says what each drops.

.npz   motion, lossless: values, channel names, rate, start
.json  motion or speech, readable: names, rate, frames (6 digits)
.csv   motion as Apple's Live Link Face app writes it: 52 blendshapes, head and eye angles
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mien.core.emotion import Emotion
from mien.core.errors import BadInput, WrongUse
from mien.core.files import atomic_output
from mien.core.plan import PROSODY_RATE, Cue, Phone, Prosody, Span, Speech
from mien.core.retarget import eyes_in_head, gaze_from_eyes, retargeted
from mien.core.rig import ARKIT, FACE, HEAD, RIGS, Channel, Motion, Rig
from mien.core.track import Audio, Rate, rate_from

MOTION = "mien.motion/1"
SPEECH = "mien.speech/1"
MOTION_SUFFIXES = (".npz", ".json", ".csv")
MALFORMED = (
    ValueError, KeyError, TypeError, EOFError, OverflowError, NotImplementedError, RecursionError, ZeroDivisionError,
    csv.Error,
)  # fmt: skip
"""What the readers below raise at damaged files."""

LARGEST = 1 << 30
"""Bytes a motion file may unpack to: three hours at 60 fps; more is not a motion file."""

_CHANNELS = {c.name: c for rig in RIGS.values() for c in rig.channels}
_SHAPES = [name[0].upper() + name[1:] for name in FACE.names]
_ANGLES = ["HeadYaw", "HeadPitch", "HeadRoll"]
_EYES = ["LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll"]
CSV_COLUMNS = ["Timecode", "BlendShapeCount", *_SHAPES, *_ANGLES, *_EYES]


def save_motion(motion: Motion, path: str | Path) -> None:
    """Write motion by the suffix of ``path``; nothing is left behind when it fails."""
    if Path(path).suffix.lower() not in MOTION_SUFFIXES:
        raise WrongUse(f"motion is written as {', '.join(MOTION_SUFFIXES)}, not {Path(path).name!r}")
    _check_finite(motion, "the motion")
    with atomic_output(path) as temporary:
        temporary.write_bytes(motion_bytes(motion, Path(path).suffix.lower()))


def motion_bytes(motion: Motion, suffix: str) -> bytes:
    """The content of a motion file."""
    if suffix == ".npz":
        buffer = io.BytesIO()
        header = json.dumps({"kind": MOTION, **_header(motion)})
        np.savez_compressed(buffer, header=np.array(header), values=motion.values)
        return buffer.getvalue()
    if suffix == ".json":
        frames = np.round(motion.values.astype(np.float64), 6).tolist()
        return (json.dumps({"kind": MOTION, **_header(motion), "frames": frames}) + "\n").encode()
    return _csv_from_motion(motion).encode()


def load(path: str | Path, *, rate: Rate | None = None) -> Motion:
    """Motion from .npz, .json or .csv.

    rate : frames per second, for a .csv (which does not say; read from its timecodes when None)
    Errors: BadInput for a file that is damaged, of another kind or version, or not finite.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in MOTION_SUFFIXES:
        raise WrongUse(f"motion is read from {', '.join(MOTION_SUFFIXES)}, not {path.name!r}")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"no such file: {path}") from None
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from None
    try:
        match suffix:
            case ".npz":
                motion = _motion_from_npz(data)
            case ".json":
                motion = _motion_from_json(data)
            case _:
                motion = _motion_from_csv(data.decode("utf-8-sig"), rate)
    except BadInput as error:
        raise BadInput(f"{path.name} is not a motion file mien can read: {error}") from None
    except MALFORMED as error:
        raise BadInput(f"{path.name} is not a motion file mien can read: {error or type(error).__name__}") from None
    except (zipfile.BadZipFile, zipfile.zlib.error, OSError, MemoryError):  # type: ignore[attr-defined]
        raise BadInput(f"{path.name} is not a motion file mien can read: the archive is damaged") from None
    _check_finite(motion, path.name)
    return motion


def _check_finite(motion: Motion, name: str) -> None:
    if not np.isfinite(motion.values).all():
        frame, column = np.argwhere(~np.isfinite(motion.values))[0]
        raise BadInput(f"{name} holds a value that is not a number: {motion.rig.names[column]} in frame {frame}")


def _header(motion: Motion) -> dict[str, Any]:
    return {
        "rate": str(motion.rate),
        "start": motion.start,
        "rig": motion.rig.name,
        "names": list(motion.rig.names),
        "units": [c.unit for c in motion.rig.channels],
    }


def _motion_from_header(header: Any, values: Any) -> Motion:
    if not isinstance(header, dict) or header.get("kind") != MOTION:
        kind = header.get("kind") if isinstance(header, dict) else None
        raise BadInput(f"wanted kind {MOTION!r}, found {kind!r}")
    names, units = [str(n) for n in header["names"]], [str(u) for u in header["units"]]
    if len(set(names)) != len(names) or set(units) - {"weight", "rad", "m"} or len(units) != len(names):
        raise BadInput("its channel names or units are not well-formed")
    known = RIGS.get(str(header.get("rig")))
    if known is None or known.names != tuple(names):
        channels = (_CHANNELS.get(n) or Channel(n, u, -10, 10) for n, u in zip(names, units, strict=True))  # type: ignore[arg-type]
        known = Rig(str(header.get("rig")), tuple(channels))
    values = np.asarray(values, np.float32).reshape(-1, len(names))
    return Motion(values, _sane_rate(header["rate"]), int(header["start"]), known)


def _sane_rate(rate: Any) -> Fraction:
    exact = rate_from(str(rate))
    if not 1 <= exact <= 1000:
        raise BadInput(f"its rate of {rate} frames per second is out of range")
    return exact


def _motion_from_npz(data: bytes) -> Motion:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(item.file_size for item in archive.infolist()) > LARGEST:
            raise BadInput("it unpacks to more than a gigabyte")
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return _motion_from_header(json.loads(str(archive["header"])), archive["values"])


def _motion_from_json(data: bytes) -> Motion:
    content = json.loads(data)
    return _motion_from_header(content, content.get("frames") if isinstance(content, dict) else None)


def _csv_from_motion(motion: Motion) -> str:
    arkit = retargeted(motion, ARKIT)
    pitch, yaw = eyes_in_head(arkit)
    zero = np.zeros_like(pitch)
    eyes = np.stack([yaw, pitch, zero] * 2, axis=1)
    head = arkit.only(["headYaw", "headPitch", "headRoll"]).values
    table = np.concatenate([arkit.only(FACE.names).values, head, eyes], axis=1)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for i, row in enumerate(table):
        writer.writerow([_timecode(motion.start + i, motion.rate), len(table[0]), *(f"{v:.6f}" for v in row)])
    return out.getvalue()


def _timecode(frame: int, rate: Fraction) -> str:
    """HH:MM:SS:FF.fff as Live Link Face writes it (non-drop: 29.97 counts 30 frames to its second)."""
    per_second = math.ceil(rate)
    seconds, frames = divmod(frame, per_second)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}.000"


def _motion_from_csv(text: str, rate: Rate | None) -> Motion:
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or rows[0][:2] != CSV_COLUMNS[:2]:
        raise BadInput("its first line is not that of a Live Link Face recording (Timecode, BlendShapeCount, …)")
    column = {name: i for i, name in enumerate(rows[0])}
    missing = [name for name in _SHAPES if name not in column]
    if missing:
        raise BadInput(f"it lacks the column {missing[0]}")
    body = [row for row in rows[1:] if row]
    if any(len(row) != len(rows[0]) for row in body):
        short = next(i for i, row in enumerate(body) if len(row) != len(rows[0]))
        raise BadInput(f"line {short + 2} has {len(body[short])} values instead of {len(rows[0])}")
    table = np.array([[float(v) for v in row[2:]] for row in body], np.float32).reshape(len(body), len(rows[0]) - 2)

    def values(name: str) -> Any:
        return table[:, column[name] - 2] if name in column else np.zeros(len(body), np.float32)

    have = {n: values(s) for n, s in zip(FACE.names, _SHAPES, strict=True)}
    have |= {"headYaw": values("HeadYaw"), "headPitch": values("HeadPitch"), "headRoll": values("HeadRoll")}
    pitch = (values("LeftEyePitch") + values("RightEyePitch")) / 2
    yaw = (values("LeftEyeYaw") + values("RightEyeYaw")) / 2
    if np.isfinite(pitch).all() and np.isfinite(yaw).all() and (pitch.any() or yaw.any()):
        have |= gaze_from_eyes(have, pitch, yaw)
    first, per_second = _clock([row[0] for row in body], rate)
    rig = FACE + HEAD if "gazeYaw" not in have else ARKIT
    motion = Motion(np.stack([have.get(n, np.zeros(len(body))) for n in rig.names], axis=1), per_second, first, rig)
    return retargeted(motion, ARKIT) if rig is not ARKIT and np.isfinite(motion.values).all() else motion


def _clock(timecodes: list[str], rate: Rate | None) -> tuple[int, Fraction]:
    """First frame and rate of a recording: the largest frame number within a second, plus one."""
    split = [[int(float(part)) for part in code.replace(";", ":").split(":")] for code in timecodes]
    if any(len(parts) != 4 for parts in split):
        raise BadInput(f"its timecode {timecodes[0]!r} is not HH:MM:SS:FF")
    wraps = any(a[3] > b[3] for a, b in itertools.pairwise(split))
    per_second = max((parts[3] for parts in split), default=0) + 1
    exact = rate_from(rate) if rate is not None else Fraction(per_second if wraps else max(per_second, 60))
    if not split:
        return 0, exact
    hours, minutes, seconds, frames = split[0]
    return (hours * 3600 + minutes * 60 + seconds) * math.ceil(exact) + frames, exact


def save_speech(speech: Speech, path: str | Path) -> None:
    """Write what is said when (not the sound) as readable JSON."""
    content = {
        "kind": SPEECH,
        "seconds": round(speech.seconds, 6),
        "text": speech.utterance.text if speech.utterance else "",
        "words": _spans(speech.words, str),
        "phones": _spans(speech.phones, lambda p: [p.symbol, p.stress]),
        "emotion": _spans(speech.emotion, str),
        "cues": _spans(speech.cues, lambda c: [c.name, c.amount]),
        "prosody": {
            "rate": str(speech.prosody.rate),
            "columns": ["loudness", "pitch", "voicing"],
            "values": np.round(speech.prosody.values.astype(np.float64), 3).tolist(),
        },
    }
    with atomic_output(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def load_speech(path: str | Path, audio: Audio) -> Speech:
    """Speech from its JSON and its sound. Errors: BadInput when it is damaged or of another length."""
    path = Path(path)
    try:
        content = json.loads(path.read_bytes())
        if content.get("kind") != SPEECH:
            raise BadInput(f"wanted kind {SPEECH!r}, found {content.get('kind')!r}")
        values = np.asarray(content["prosody"]["values"], np.float32).reshape(-1, 3)
        seconds = _time(content["seconds"])
        if not np.isfinite(values).all():
            raise BadInput("its prosody holds a value that is not a number")
        speech = Speech(
            audio,
            words=tuple(Span(_time(a), _time(b), str(w)) for a, b, w in content["words"]),
            phones=tuple(Span(_time(a), _time(b), Phone(str(p), int(s))) for a, b, (p, s) in content["phones"]),
            prosody=Prosody(values, PROSODY_RATE),
            emotion=tuple(Span(_time(a), _time(b), Emotion.parse(e)) for a, b, e in content["emotion"]),
            cues=tuple(Span(_time(a), _time(b), Cue(str(n), float(x))) for a, b, (n, x) in content["cues"]),
        )
    except FileNotFoundError:
        raise BadInput(f"no such file: {path}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise BadInput(f"{path.name} is not a speech file mien can read: {error}") from None
    if abs(seconds - audio.seconds) > 0.1:
        raise BadInput(
            f"{path.name} describes {seconds:.2f} s of sound but the sound lasts {audio.seconds:.2f} s: "
            "remove it, or give the sound it belongs to"
        )
    return speech


def _spans(spans: tuple[Span[Any], ...], value: Any) -> list[list[Any]]:
    return [[round(s.start, 4), round(s.stop, 4), value(s.value)] for s in spans]


def _time(value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds) or abs(seconds) > 1e6:
        raise BadInput(f"{value!r} is not a time in seconds")
    return seconds
