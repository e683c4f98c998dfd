import json
import random
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.core.errors import BadInput
from mien.server.wire import (
    FROM_PAGE,
    LONGEST_TEXT,
    PAGE_TYPES,
    VERSION,
    Interrupt,
    Media,
    Say,
    Word,
    bytes_from,
    media_from,
    message_from,
    name_of,
    sound_from,
    text_from,
    typescript,
)  # fmt: skip

CLIENT = PAGE_TYPES.with_name("client.js")


def test_the_page_has_the_types_of_the_server() -> None:
    assert PAGE_TYPES.read_text(encoding="utf-8") == typescript(), "run: python -m mien.server.wire"


def test_the_page_speaks_the_version_of_the_server() -> None:
    assert f"export const VERSION = {VERSION};" in CLIENT.read_text(encoding="utf-8")


def test_a_message_comes_back_as_it_went() -> None:
    for message in (Say("Grüße, 你好", 1.5), Say("no time"), Interrupt(None)):
        assert message_from(text_from(message)) == message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "JSON"), ("[]", "object"), ("3", "object"), ("{}", "type"), ('{"type":"hack"}', "type"),
        ('{"type":["say"]}', "type"), ('{"type":"say"}', "needs text"), ('{"type":"say","text":3}', "string"),
        ('{"type":"say","text":"a","x":1}', "knows no 'x'"), ('{"type":"say","text":"a","at":"1"}', "number | null"),
        ('{"type":"say","text":"a","at":true}', "number | null"), ('{"type":"ear","on":1}', "boolean"),
        ('{"type":"interrupt","at":NaN}', "number"), ('{"type":"interrupt","at":1e400}', "number"),
        ('{"type":"interrupt","at":' + "9" * 5000 + "}", "J|number"), ("[" * 100_000, "JSON"),
        (json.dumps({"type": "say", "text": "a" * (LONGEST_TEXT + 1)}), "at most"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        message_from(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(["say", "perform", "typing", "interrupt", "feel", "move", "use", "ear", "media"]),
    st.dictionaries(st.sampled_from(["text", "at", "emotion", "voice", "on", "type", ""]), JSON),
)
def test_nothing_that_is_sent_does_more_than_be_refused(kind: str, fields: dict) -> None:
    try:
        message = message_from(json.dumps({**fields, "type": kind}))
    except BadInput:
        return
    assert type(message) in FROM_PAGE and name_of(type(message)) == kind


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for read in (lambda: sound_from(data), lambda: message_from(data.decode("latin-1"))):
        try:
            read()
        except BadInput:
            continue


def test_media_comes_back_as_it_went() -> None:
    sound, pictures = np.arange(100, dtype="<i2").tobytes(), [b"one", random.Random(0).randbytes(1000)]
    media = Media(2, 10, 12, "25", 9600, 100, 24000, [3, 1000], [Word(0.4, 0.5, "Ja")])
    assert media_from(bytes_from(media, sound, pictures)) == (media, sound, pictures)


def test_sound_of_a_microphone_says_what_was_being_heard() -> None:
    assert sound_from(struct.pack("<d", 1.25) + bytes(640)) == (1.25, bytes(640))
    assert sound_from(struct.pack("<d", float("nan")) + bytes(640))[0] is None
    for bad in (b"", bytes(8), bytes(641 + 8), bytes(8 + 2 * 16000 + 2)):
        with pytest.raises(BadInput):
            sound_from(bad)
