"""What each phone asks of the mouth: a table an animator may argue with.

Fitted by least squares on the mouth distances (inner-lip opening, width, chin, upper lip, pucker) of 5 GRID,
6 StyleTalk and 46 MoCha clips with the speaker left out, against phones aligned with the text; distances were
turned into blendshapes by what each blendshape does to the same distances on the head of face/head.npz.
Then rounded, voiced and voiceless partners made equal, phones the clips lack given their neighbours' values.
Rounding and tucked lips, which those distances do not show, are by hand after Cohen & Massaro (1993) and
Edwards et al. (2016, JALI). Spreading and, of unrounded sounds, rounding were fitted once more through the dominances
that mix them (decision 0013): the corners draw in for p, m and l.
"""

from __future__ import annotations

ARTICULATORS = ("jaw", "lower", "upper", "spread", "pucker", "funnel", "tuck", "press")
"""jaw: opening. lower, upper: the lip lowered, raised beyond the jaw. spread: corners apart. pucker: rounded and
narrow. funnel: rounded and open. tuck: lower lip in under the upper teeth. press: lips against each other.
0..1, the weights of the blendshapes in CHANNELS at ordinary loudness."""

SHAPES = {
    #      jaw  lower upper spread pucker funnel tuck press
    "a":  (.48, .20, .06, .42, .00, .00, .00, .00),
    "æ":  (.46, .40, .06, .60, .00, .00, .00, .00),
    "ɐ":  (.38, .25, .06, .20, .00, .00, .00, .00),
    "ɑ":  (.48, .05, .00, .00, .10, .04, .00, .00),
    "ɒ":  (.42, .00, .00, .00, .16, .12, .00, .00),
    "ʌ":  (.27, .30, .06, .06, .05, .02, .00, .00),
    "ə":  (.20, .26, .05, .02, .08, .02, .00, .00),
    "ɛ":  (.37, .42, .09, .50, .00, .00, .00, .00),
    "e":  (.32, .44, .06, .56, .00, .00, .00, .00),
    "ɪ":  (.27, .42, .14, .38, .00, .02, .00, .00),
    "i":  (.20, .44, .12, .58, .00, .00, .00, .00),
    "ɪ̯":  (.26, .44, .16, .64, .00, .00, .00, .00),
    "ɝ":  (.13, .14, .00, .00, .14, .10, .00, .00),
    "ɜ":  (.20, .22, .02, .04, .06, .06, .00, .00),
    "ɔ":  (.32, .00, .00, .00, .38, .14, .00, .00),
    "o":  (.17, .02, .00, .00, .62, .10, .00, .00),
    "ʊ":  (.13, .08, .00, .00, .50, .06, .00, .00),
    "ʊ̯":  (.10, .00, .00, .00, .64, .06, .00, .00),
    "u":  (.11, .02, .00, .00, .80, .05, .00, .00),
    "y":  (.10, .12, .04, .00, .65, .12, .00, .00),
    "ø":  (.20, .20, .04, .00, .42, .14, .00, .00),
    "œ":  (.28, .22, .05, .00, .32, .14, .00, .00),
    "p":  (.04, .00, .00, .00, .20, .00, .00, .25),
    "m":  (.05, .00, .00, .00, .20, .00, .00, .20),
    "f":  (.03, .00, .06, .02, .04, .00, .45, .00),
    "β":  (.05, .02, .00, .00, .08, .00, .00, .05),
    "w":  (.06, .00, .00, .00, .88, .02, .00, .00),
    "ɹ":  (.11, .02, .00, .00, .30, .12, .00, .00),
    "ʃ":  (.08, .44, .12, .00, .18, .40, .00, .00),
    "s":  (.05, .36, .24, .38, .00, .06, .00, .00),
    "t":  (.12, .46, .15, .42, .00, .06, .00, .00),
    "θ":  (.10, .30, .05, .14, .08, .04, .00, .00),
    "l":  (.15, .20, .05, .00, .20, .04, .00, .00),
    "ɲ":  (.14, .42, .10, .25, .00, .04, .00, .00),
    "j":  (.18, .46, .05, .20, .00, .04, .00, .00),
    "k":  (.20, .42, .06, .40, .04, .06, .00, .00),
    "h":  (.20, .22, .00, .00, .10, .02, .00, .00),
}  # fmt: skip

ALIKE = {
    "b": "p", "v": "f", "z": "s", "ʒ": "ʃ", "tʃ": "ʃ", "dʒ": "ʃ", "d": "t", "n": "t", "ɾ": "t", "ð": "θ", "r": "ɹ",
    "ʎ": "l", "ç": "j", "ɡ": "k", "ŋ": "k", "x": "k", "ʁ": "k", "ʔ": "h",
}  # fmt: skip
"""Phones shaped like another one."""

DIPHTHONGS = {
    "aɪ": ("a", "ɪ̯"), "aʊ": ("a", "ʊ̯"), "eɪ": ("e", "ɪ̯"), "oʊ": ("o", "ʊ̯"), "ɔɪ": ("o", "ɪ̯"), "əʊ": ("ɜ", "ʊ̯"),
}  # fmt: skip
"""Vowels on the move: from one shape to another."""

GLIDE = 0.6
"""Share of a diphthong that belongs to its first shape; fitted on the same clips."""

# How hard a phone insists on its shape against its neighbours, in opening (jaw, lower, upper, tuck, press) and in
# shaping (spread, pucker, funnel). A full vowel is 1. Fitted on the same clips: an h has no shape of its own,
# reduced vowels yield, rounding reaches through t, d, n, s, k.
DOMINANCE = {
    **dict.fromkeys(("p", "b", "m", "β"), (2.0, 1.0)),
    **dict.fromkeys(("f", "v"), (1.0, 1.0)),
    **dict.fromkeys(("w", "ɹ", "r", "ʃ", "ʒ", "tʃ", "dʒ"), (1.4, 2.0)),
    **dict.fromkeys(("ə", "ʌ", "ɪ", "ɐ"), (0.25, 1.0)),
    **dict.fromkeys(("h", "ʔ"), (0.05, 0.3)),
    **dict.fromkeys("t d n ɾ θ ð l s z ʎ ɲ j ç k ɡ ŋ x ʁ".split(), (0.5, 0.12)),
}

CONTACTS = {  # phone -> (contact, how much, from and to what share of the phone); of stops the closure only
    **dict.fromkeys(("p", "b"), ("lipSeal", 1.0, -0.1, 0.7)),
    "m": ("lipSeal", 1.0, 0.0, 0.9),
    "β": ("lipSeal", 0.7, 0.0, 0.9),
    **dict.fromkeys(("f", "v"), ("lipTeeth", 1.0, 0.2, 0.9)),
    **dict.fromkeys(("t", "d", "ɾ"), ("tongueTip", 1.0, 0.0, 0.6)),
    **dict.fromkeys(("n", "l", "ɲ", "ʎ"), ("tongueTip", 1.0, 0.0, 0.9)),
    **dict.fromkeys(("tʃ", "dʒ"), ("tongueTip", 1.0, 0.0, 0.4)),
    **dict.fromkeys(("s", "z", "r"), ("tongueTip", 0.6, 0.1, 0.9)),
    **dict.fromkeys(("θ", "ð"), ("tongueTeeth", 1.0, 0.1, 0.9)),
    **dict.fromkeys(("k", "ɡ"), ("tongueBack", 1.0, 0.0, 0.6)),
    "ŋ": ("tongueBack", 1.0, 0.0, 0.9),
    **dict.fromkeys(("x", "ʁ"), ("tongueBack", 0.6, 0.1, 0.9)),
}
"""The lips' closures start and end where, in the same clips, the opening of p, b, m is at its lowest."""

CHANNELS = {
    # blendshape <- articulators. Spreading is half a stretch and half a smile, as in captured speech (decision 0013):
    # stretch alone looks pained. Both widen the mouth as much as the spread that the networks learned.
    "jawOpen": {"jaw": 1.0},
    "mouthFunnel": {"funnel": 1.0},
    "mouthPucker": {"pucker": 1.0},
    "mouthLowerDownLeft": {"lower": 1.0},
    "mouthLowerDownRight": {"lower": 1.0},
    "mouthUpperUpLeft": {"upper": 1.0},
    "mouthUpperUpRight": {"upper": 1.0},
    "mouthStretchLeft": {"spread": 0.45},
    "mouthStretchRight": {"spread": 0.45},
    "mouthSmileLeft": {"spread": 0.42},
    "mouthSmileRight": {"spread": 0.42},
    "mouthRollLower": {"tuck": 1.0, "press": 0.4},
    "mouthRollUpper": {"press": 0.4},
    "mouthPressLeft": {"press": 0.6},
    "mouthPressRight": {"press": 0.6},
}
