"""The page's player with time and sound in the test's hands: what is heard when, what is shown, what is dropped."""

import asyncio
import itertools
import json

from tests.server.browser import opened
from tests.server.test_page import served

SETUP = """(async () => {
  const { Player } = await import('./player.js');
  const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 4 });
  const player = window.tried = new Player(canvas, (w) => window.words.push(w.text));
  window.words = []; window.clock = 10; window.played = [];
  Object.defineProperty(player, 'now', { get: () => window.clock });
  Object.defineProperty(player, 'awake', { get: () => true });
  Object.defineProperty(player, 'outlet', { get: () => 0 });
  player.draw = () => {};
  player.play = (sound, rate, when) => { window.played.push([when, sound.length / rate, player.epoch]); player.sources.add({ stop() {} }) };
  window.piece = (k, loud, epoch = 0) => player.add({ epoch, start: 2 * k, stop: 2 * k + 2, rate: '25', sample: 1920 * k,
    samples: 1920, sample_rate: 24000, pictures: [], words: [{ start: k * 0.08, stop: k * 0.08 + 0.05, text: 'w' + k }] },
    new Int16Array(1920).fill(loud ? 9000 : 0), []);
})()"""


def tried(script: str):
    """What a script that uses the player's pieces comes to."""

    async def look():
        async with served() as (_, address), opened(address) as page:
            await page.until("window.mien && mien.player.counts.shown > 0")
            await page.ask(SETUP)
            return json.loads(await page.ask(f"(() => {{ {script}; }})()"))

    return asyncio.run(look())


def test_sound_is_played_without_a_seam_at_its_place_on_the_clock() -> None:
    played = tried("for (let k = 0; k < 10; k++) { piece(k, true); clock += 0.08 } return JSON.stringify(played)")
    assert len(played) == 10
    for before, after in itertools.pairwise(played):
        assert abs(before[0] + before[1] - after[0]) < 1e-9


def test_sound_that_comes_late_is_played_later_and_never_dropped() -> None:
    played, gaps = tried(
        "for (let k = 0; k < 5; k++) { piece(k, true); clock += 0.08 } clock += 0.5;"
        " for (let k = 5; k < 10; k++) { piece(k, true); clock += 0.08 } return JSON.stringify([played, tried.counts.gaps])"
    )
    assert len(played) == 10 and gaps == 1
    assert all(b[0] >= a[0] + a[1] - 1e-9 for a, b in itertools.pairwise(played))


def test_a_delay_is_made_up_for_in_silence_alone() -> None:
    before, held, after = tried(
        "for (let k = 0; k < 3; k++) piece(k, false); const before = tried.offset; tried.offset += 0.4;"
        " piece(3, true); const held = tried.offset; tried.sources.clear(); piece(4, false);"
        " return JSON.stringify([before, held, tried.offset])"
    )
    assert abs(held - before - 0.4) < 1e-9 and after < held - 0.1


def test_an_epoch_throws_away_what_was_of_the_last_one() -> None:
    played, words, size = tried(
        "piece(0, true); piece(1, true); tried.quiet(1); const size = tried.sources.size;"
        " piece(2, true, 0); piece(3, true, 1); return JSON.stringify([played, tried.words.map(w => w.text), size])"
    )
    assert [p[2] for p in played] == [0, 0, 1] and words == ["w3"] and size == 0


def test_while_the_loudspeakers_open_the_session_goes_on() -> None:
    passed, heard = tried(
        "let began = 0; tried.offset = 0; const before = tried.at;"
        " tried.context = { state: 'suspended', resume: () => { began = performance.now(); return new Promise((done) => setTimeout(done, 400)) } };"
        " return tried.wake().then(() => JSON.stringify([(performance.now() - began) / 1000, tried.at - before]))"
    )
    assert passed > 0.3 and abs(heard - passed) < 0.1
