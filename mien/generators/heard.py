"""Lips as they are heard: opening, spreading and rounding from the sound itself, contacts from the phones.

A network (heard_net.py) tells from the sound what the mouth does; where there is no sound, and for the contacts, the
phones do (lips.py). So p, b and m close whatever was heard, and away from speech the mouth is at rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mien.core.plan import Plan
from mien.core.rig import Motion
from mien.core.style import AS_USUAL, Style
from mien.core.track import Audio, sample_at
from mien.core.windows import windows
from mien.generators.heard_net import (
    MODEL_AT_ONCE,
    OPENS,
    OUTPUTS,
    QUIET,
    RATE,
    SAMPLES,
    Net,
    features,
    learned,
)
from mien.generators.lips import PLACING, Lips, mouth_of
from mien.generators.lips_table import ARTICULATORS
from mien.language.whisper import HEARD_AT

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

assert ARTICULATORS[: len(OUTPUTS)] == OUTPUTS

_OPENS = np.array([OPENS.get(name, 0.0) for name in OUTPUTS])

SHARPENED = 2
"""Frames on either side of one that articulation looks at: what is faster than a syllable is worked out, or slurred."""

CRISPER, FURTHER = 0.6, 0.3
"""What a unit of articulation adds to the difference from those around, and to all of it. At .5 the mouth goes about as
much less far as that of a table of phones articulated so (lips.py)."""

LASTING = 2.0
"""Seconds after the last sound that came ready in which it is still listened to; then all is forgotten."""

KEPT = 12
"""Frames before the present one of which is kept what was heard: a seal that opens was put by what was before it."""

SPARE = 0.02
"""Seconds on either side of a window that resampling may look at."""


class HeardLips:
    """Generator: mouth, jaw and tongue contacts from sound and phones, and speech activity.

    net   : what hears; None is the one for files that was learned on all clips
    style : its articulation and loudness; other than usual articulation takes SHARPENED frames more of future
    """

    rig = Lips.rig

    def __init__(self, net: Net | None = None, *, style: Style = AS_USUAL) -> None:
        self._net = net or learned().whole
        self.style = style
        self._places = not self._net.hearing.is_live  # live, nothing waits for where the lips are nearest
        further = max(SHARPENED / RATE * (style.articulation != 1), PLACING * self._places)
        self.ahead = self._net.hearing.ahead + further

    def animate(self, plans: Iterable[Plan]) -> Iterator[Motion]:
        """Motion of the plans' frames; each waits until what comes ``ahead`` seconds after it was heard."""
        ear = self.ear()
        waiting: deque[Plan] = deque()
        for plan in windows(ear.listening(plans), ahead=self.ahead):
            waiting.append(plan)
            while waiting and ear.until >= waiting[0].end + self.ahead:
                yield self._motion(waiting.popleft(), ear)
        while waiting:
            yield self._motion(waiting.popleft(), ear)

    def ear(self) -> Ear:
        """What listens for it."""
        return Ear(self._net)

    def _motion(self, plan: Plan, ear: Ear) -> Motion:
        heard = ear.at(plan.times, self.style.articulation)
        opening = ear.opening if self._places else None
        mouth = mouth_of(plan, heard, self.style, opening=opening, ahead=self.ahead)
        return Motion(mouth, plan.rate, plan.start, self.rig)


class HeardAtOnce(HeardLips):
    """Generator: the same for live sound, 0.12 s behind it; a little less is heard in so little time."""

    def __init__(self, net: Net | None = None, *, style: Style = AS_USUAL) -> None:
        super().__init__(net or learned(MODEL_AT_ONCE).whole, style=style)


@lru_cache(maxsize=4)
def in_silence(length: int, layers: int) -> Floats:
    """Features of a window of so many samples in which nobody spoke yet: before speech begins there are many."""
    return features(np.zeros(length, np.float32), layers)


def articulated(rows: Array, how: float) -> Array:
    """Frames of shapes, sharpened above 1, smoothed below; the last column, belief, as it is.

    rows : (n + 2 SHARPENED, c). Returns (n, c). Added up in one order, so that no bit depends on n.
    """
    count = len(rows) - 2 * SHARPENED
    weights = [SHARPENED + 1 - abs(k) for k in range(-SHARPENED, SHARPENED + 1)]
    around = np.zeros((count, rows.shape[1]))
    for k, weight in enumerate(weights):
        around += weight / sum(weights) * rows[k : k + count]
    own = rows[SHARPENED : SHARPENED + count]
    out = np.clip((own + CRISPER * (how - 1) * (own - around)) * (1 + FURTHER * (how - 1)), 0, 1)
    out[:, -1] = own[:, -1]
    return out


class Ear:
    """Sound as it comes, and what was heard in it, block by block on a fixed grid.

    until : seconds up to which there is sound
    """

    def __init__(self, net: Net) -> None:
        self._net, self._how = net, net.hearing
        self._sound: Audio | None = None
        self._blocks: dict[int, Array] = {}
        self._features: dict[int, Floats] = {}
        self.until = 0.0

    def listening(self, plans: Iterable[Plan]) -> Iterator[Plan]:
        """The plans, whose sound is kept as they pass."""
        for plan in plans:
            self._keep(plan.audio)
            self.until = plan.end
            yield plan

    def foreseeing(self, plans: Iterable[Plan]) -> Iterator[Plan]:
        """The plans, of whose sound what came ready is kept as far as it is known: to the horizon."""
        epoch = 0
        for plan in plans:
            if plan.epoch != epoch:  # what was to come does not
                epoch = plan.epoch
                self._forget_from(plan.start * RATE // plan.rate)
            self._foresee(plan)
            self.until = plan.horizon
            yield plan

    def _foresee(self, plan: Plan) -> None:
        sound = self._sound
        if sound is not None:
            here = sample_at(plan.start, plan.rate, sound.rate)
            if sound.stop < here - LASTING * sound.rate:
                self._sound = None
                self._forget_from(None)
            else:
                kept = sound.cut(sound.start, here)
                silence = np.zeros(here - kept.stop, np.float32)
                self._sound = kept.with_values(np.concatenate([kept.values, silence]))
        if plan.ready is not None:
            self._keep(plan.ready)

    def _forget_from(self, frame: int | None) -> None:
        """What was made of sound from there on, or of any."""
        for heard in (self._blocks, self._features):
            for block in [b for b in heard if frame is None or b >= frame // self._how.block - 1]:
                del heard[block]

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to listen to."""
        return self._sound is not None

    def _keep(self, audio: Audio) -> None:
        if not len(audio):
            return
        if self._sound is None or audio.rate != self._sound.rate or audio.start != self._sound.stop:
            self._sound = audio
            return
        self._sound = Audio(np.concatenate([self._sound.values, audio.values]), audio.rate, self._sound.start)

    def at(self, times: Array, articulation: float = 1.0, *, rate: Fraction = Fraction(RATE)) -> tuple[Array, Array]:
        """(n, OUTPUTS) what the mouth does at these moments, and (n,) how far there was something to hear.

        rate : of the moments, which are the middles of frames
        """
        place = np.round(times * RATE - 0.5, 6)
        if rate != RATE and not self._how.next:
            place = place - 1
        first = np.floor(place).astype(int)
        part = (place - first)[:, None]
        low, around = int(first[0]), SHARPENED if articulation != 1 else 0
        last = int(first[-1]) + (1 if part.any() else 0)
        rows = np.stack([self._frame(f) for f in range(low - around, last + 1 + around)])
        if around:
            rows = articulated(rows, articulation)
        after = np.minimum(first + 1, last)
        mixed = rows[first - low] + part * (rows[after - low] - rows[first - low])
        self._forget(low - around)
        return mixed[:, :-1], mixed[:, -1]

    def opening(self, times: Array) -> Array:
        """(n,) how far the lips are heard to part at middles of frames, in any order, of face height."""
        rows = np.stack([self._frame(frame) for frame in np.round(times * RATE - 0.5).astype(int)])
        return np.asarray(rows[:, : len(OUTPUTS)] @ _OPENS)

    def _frame(self, frame: int) -> Array:
        block, place = divmod(frame, self._how.block)
        if block not in self._blocks:
            self._blocks[block] = self._heard(block)
        return np.asarray(self._blocks[block][place])

    def _forget(self, frame: int) -> None:
        size = self._how.block
        for kept, past in ((self._blocks, 1 + -(-KEPT // size)), (self._features, 1 + self._how.preceding)):
            for block in [b for b in kept if b < frame // size - past]:
                del kept[block]
        if self._sound is not None:  # what no window will reach back to; how much has come does not matter
            oldest = int((Fraction(frame - self._how.behind, RATE) - 1) * self._sound.rate)
            self._sound = self._sound.cut(min(max(self._sound.start, oldest), self._sound.stop), self._sound.stop)

    def _heard(self, block: int) -> Array:
        """(frames, OUTPUTS and belief) of one block."""
        how = self._how
        around = range(block - how.preceding, block + how.following + 1)
        if all(self._is_quiet(b) for b in ((block,) if how.is_live else around)):
            if how.is_live:  # when somebody goes on after a pause there is no time for a second of past
                self._listened(block)
            return np.zeros((how.block, len(OUTPUTS) + 1))
        heard = [self._listened(b) for b in around]
        rows = np.concatenate([*(h[: how.block] for h in heard[:-1]), heard[-1]])
        made = self._net(rows, how.preceding * how.block, how.block)
        return np.column_stack([np.clip(made, 0, 1), np.ones(how.block)]).astype(np.float64)

    def _is_quiet(self, block: int) -> bool:
        """Whether there is nothing to hear in what a block answers for."""
        if self._sound is None:
            return True
        first, last = (sample_at(b * self._how.block, Fraction(RATE), self._sound.rate) for b in (block, block + 1))
        low, high = (min(max(at, self._sound.start), self._sound.stop) for at in (first, last))
        power = np.square(self._sound.cut(low, high).values, dtype=np.float64).sum() / (last - first)
        return float(np.sqrt(power)) < QUIET / 3

    def _listened(self, block: int) -> Floats:
        """(frames, f) what a block's own window heard in it, and in what is told of the next."""
        if block not in self._features:
            own, window = self._how.own, self._window(block)
            layers = self._how.layers
            found = features(window, layers) if window.any() else in_silence(len(window), layers)
            self._features[block] = found[own.start : own.stop + self._how.told]
        return self._features[block]

    def _window(self, block: int) -> npt.NDArray[np.float32]:
        """(samples,) at HEARD_AT of a block's window, silence where nothing was said."""
        frame, count = block * self._how.block - self._how.before, self._how.length * SAMPLES
        if self._sound is None:
            return np.zeros(count, np.float32)
        rate = self._sound.rate
        start = Fraction(frame, RATE) - Fraction(SPARE).limit_denominator(1000)
        first = int(start * rate // 1)
        length = int(Fraction(self._how.length, RATE) * rate + 2 * Fraction(SPARE).limit_denominator(1000) * rate) + 2
        raw = np.zeros(length, np.float32)
        a, b = max(first, self._sound.start), min(first + length, self._sound.stop)
        if b > a:
            raw[a - first : b - first] = self._sound.values[a - self._sound.start : b - self._sound.start]
        if rate != HEARD_AT:
            from scipy.signal import resample_poly

            ratio = Fraction(HEARD_AT) / rate
            raw = resample_poly(raw, ratio.numerator, ratio.denominator).astype(np.float32)
        skip = round(SPARE * HEARD_AT)
        return np.asarray(raw[skip : skip + count], np.float32)
