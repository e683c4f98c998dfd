from dataclasses import replace

import numpy as np
import pytest

import mien
from mien.core.emotion import EMOTIONS
from mien.evaluation.suites.emotion import EDITED, KNOWN_TO_JUDGE, lips_kept, region_edits
from mien.evaluation.units import BLIND, CHANNEL_OF_UNIT, PROTOTYPES, intended, readable
from mien.face.landmarks import SCORES
from mien.generators.expression_table import channels_of_emotion


@pytest.fixture(scope="module")
def spoken():
    return [replace(speech, emotion=()) for speech in mien.speak("Maybe my mother met him.", voice="tone")]


def test_every_prototype_is_made_of_units_that_can_be_read_and_that_the_display_drives():
    assert set(PROTOTYPES) == set(EMOTIONS) and set(KNOWN_TO_JUDGE) <= set(EMOTIONS)
    for emotion in EMOTIONS:
        driven = channels_of_emotion(emotion)
        for channel in intended(emotion):
            assert channel in readable() and driven[channel] > 0.1, (emotion, channel)
    assert set(BLIND) <= set(SCORES) and len(CHANNEL_OF_UNIT) == 16


def test_an_emotion_in_one_region_moves_nothing_else_of_the_face(spoken):
    leaks = [row.value for row in region_edits([spoken])]
    assert len(leaks) == len(EDITED) and max(leaks) == 0


def test_a_performance_keeps_its_own_lips_and_one_at_other_times_does_not(spoken):
    plain = mien.animate(spoken, emotion="neutral")
    assert lips_kept(plain, plain) == {"lips kept": pytest.approx(1), "seals kept": 1.0}
    late = plain.with_values(np.roll(plain.values, 6, axis=0))
    assert lips_kept(plain, late)["lips kept"] < 0.7 and lips_kept(plain, late)["seals kept"] < 0.9
