"""Sound as bytes in the formats that speech is asked for over HTTP."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np

from mien.core.errors import unknown
from mien.core.track import Audio
from mien.media.sound import wav_bytes

FORMATS = {  # name -> what HTTP calls it, container, codec
    "mp3": ("audio/mpeg", "mp3", "libmp3lame"),
    "opus": ("audio/ogg", "ogg", "libopus"),
    "flac": ("audio/flac", "flac", "flac"),
    "wav": ("audio/wav", "", ""),
    "pcm": ("audio/pcm", "", ""),
}
"""pcm is 16-bit little-endian at the sound's own rate, without any header."""


def coded(audio: Audio, name: str) -> bytes:
    """A whole sound. Errors: WrongUse for a format that there is not."""
    if name not in FORMATS:
        raise unknown("sound format", name, FORMATS)
    samples = np.clip(np.round(audio.values * 32767), -32768, 32767).astype("<i2")
    if name == "pcm":
        return samples.tobytes()
    if name == "wav":
        return wav_bytes(audio)
    import av

    _, container, codec = FORMATS[name]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=48000 if name == "opus" else int(audio.rate), layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = int(audio.rate), 0, Fraction(1, int(audio.rate))
        resampler = av.AudioResampler(stream.codec_context.format, "mono", stream.rate, stream.codec_context.frame_size)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return file.getvalue()
