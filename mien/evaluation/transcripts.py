"""What is said in the clips whose words are known."""

from __future__ import annotations

GRID_WORDS: tuple[dict[str, str], ...] = (  # Cooke et al. 2006: command, colour, preposition, letter, digit, adverb
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
    {},
    dict(zip("123456789z", "one two three four five six seven eight nine zero".split(), strict=True)),
    {"a": "again", "n": "now", "p": "please", "s": "soon"},
)

STYLETALK = {  # recognised by Whisper tiny.en, names and one cut word mended
    "KristiNoem": "Dakota has done a great job fighting the spread of COVID-19. Together we flattened our curve and we "
    "have the hospital capacity to care for those who need it. That's why I've announced a plan to start getting "
    "South Dakota back to normal. This plan continues to rely on South Dakotans to exercise common sense",
    "andrew_clip_1": "My best example was a hairdressing industry where I thought, oh, you're a hairdresser, pretty "
    "hard to build a robot to automate hair cutting, was only. Once I gave a talk on stage, it was before COVID, "
    "and I said this on stage, one of my friends who's a robotics researcher was in the audience, and afterwards "
    "she stood up, and she actually pointed at my head, and she said, you know Andrew, most people's hairstyles I "
    "can't.",
    "andrew_clip_2": "one of the challenges that tech and AI brings to a lot of industries is that it's causing a lot "
    "more industries to become winner-take-most, so we're going to take all types of industries. And so, chicken "
    "farming, right? I'm not working on it. Once upon a time, you could have a pretty nice life as a small-scale "
    "chicken farmer, you know, raising chicken somewhere in the country. But with the rise of the internet, it "
    "allows centralized players.",
    "feifeili_clip1": "times more. And together with Professor Kai Li at Princeton University, we launched the "
    "ImageNet project in 2007.",
    "feifeili_clip2_short": "This idea of using big data to train computer algorithms may seem obvious now. But back "
    "in 2007, it was not so obvious. We were fairly alone on this journey for quite a while.",
    "feifeili_clip3": "One of the most important things for me is not only to advance AI but also to democratize AI.",
}

VOCASET = {  # TIMIT's two calibration sentences (Garofolo et al. 1993), recognised by pocketsphinx
    "FaceTalk_170731_00024_TA-sentence01": "She had your dark suit in greasy wash water all year.",
    "FaceTalk_170809_00138_TA-sentence02": "Don't ask me to carry an oily rag like that.",
}


def grid_text(name: str) -> str | None:
    """The sentence that a GRID file name stands for; the letter stays a letter. None for another kind of name.

    >>> grid_text("bbaf2n")
    'bin blue at F two now'
    """
    if len(name) != len(GRID_WORDS) or any(w and c not in w for w, c in zip(GRID_WORDS, name, strict=True)):
        return None
    return " ".join(words.get(letter, letter.upper()) for letter, words in zip(name, GRID_WORDS, strict=True))
