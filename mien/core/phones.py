"""The speech sounds mien knows, in IPA, and how they relate to ARPAbet.

Voices and aligners hand on these symbols; the lips look them up. A symbol that is not listed is
read by its nearest listed one (``nearest``), so other languages work as far as their sounds do.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

IPA_FROM_ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AX": "ə", "AY": "aɪ", "B": "b", "CH": "tʃ",
    "D": "d", "DH": "ð", "DX": "ɾ", "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h",
    "IH": "ɪ", "IX": "ɪ", "IY": "i", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ",
    "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "UH": "ʊ",
    "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip

ARPABET_FROM_IPA = {ipa: name for name, ipa in IPA_FROM_ARPABET.items() if name != "IX"}

VOWELS = frozenset("ɑ æ ʌ ɔ aʊ ə aɪ ɛ ɝ eɪ ɪ i oʊ ɔɪ ʊ u ɒ ɜ əʊ a e o y ø œ ɐ".split())
CONSONANTS = frozenset("b tʃ d ð ɾ f ɡ h dʒ k l m n ŋ p ɹ s ʃ t θ v w j z ʒ ʔ x ç ʁ r ɲ β ʎ".split())
PHONES = VOWELS | CONSONANTS

NEAREST = {  # symbols of other tables and languages -> the listed sound made most nearly alike on the face
    "g": "ɡ", "ɚ": "ɝ", "ᵊ": "ə", "ᵻ": "ɪ", "ɨ": "ɪ", "ɪə": "ɪ", "eə": "ɛ", "ʊə": "ʊ", "ɫ": "l", "ɬ": "l",
    "ɭ": "l", "ɮ": "l", "c": "k", "ɟ": "ɡ", "q": "k", "ɢ": "ɡ", "χ": "x", "ħ": "h", "ɦ": "h", "ʕ": "h", "ɣ": "x",
    "ɰ": "x", "ʝ": "j", "ɥ": "w", "ʍ": "w", "ʋ": "v", "ɱ": "m", "ʙ": "b", "ɓ": "b", "ɸ": "β", "ɗ": "d", "ɖ": "d",
    "ʈ": "t", "ɳ": "n", "ɴ": "ŋ", "ɕ": "ʃ", "ʂ": "ʃ", "ʑ": "ʒ", "ʐ": "ʒ", "ts": "s", "dz": "z", "tɕ": "tʃ",
    "dʑ": "dʒ", "ʧ": "tʃ", "ʤ": "dʒ", "ʦ": "s", "ʣ": "z", "ɻ": "ɹ", "ɽ": "ɾ", "ɺ": "l", "ʀ": "ʁ", "ʏ": "y",
    "ɵ": "ø", "ɞ": "œ", "ʉ": "u", "ɯ": "ɪ", "ɤ": "ʌ", "ɘ": "ə", "ɶ": "a", "ɔː": "ɔ", "ou": "oʊ", "ei": "eɪ",
    "ai": "aɪ", "au": "aʊ", "oi": "ɔɪ", "əu": "əʊ", "ju": "u", "ja": "a", "je": "ɛ", "jo": "o", "jʌ": "ʌ",
    "wa": "a", "we": "ɛ", "wi": "i", "wʌ": "ʌ", "ɯi": "ɪ",
}  # fmt: skip

ARPABET_NEAREST = {  # listed sounds English has not -> the English one an English recogniser hears
    "ɒ": "AA", "ɜ": "ER", "əʊ": "OW", "a": "AA", "e": "EY", "o": "OW", "y": "UW", "ø": "ER", "œ": "ER", "ɐ": "AH",
    "ɾ": "D", "ə": "AH", "ʔ": "T", "x": "HH", "ç": "HH", "ʁ": "R", "r": "R", "ɲ": "N", "β": "V", "ʎ": "L",
}  # fmt: skip


@lru_cache(maxsize=1024)
def nearest(symbol: str) -> str | None:
    """The listed phone that a symbol stands for, length and other marks dropped; None if it is no sound.

    >>> nearest("t͡ʃ"), nearest("ɑː"), nearest("ˈɚ"), nearest("õ"), nearest("ᵊ"), nearest("!")
    ('tʃ', 'ɑ', 'ɝ', 'o', 'ə', None)
    """
    if symbol in PHONES or symbol in NEAREST:
        return NEAREST.get(symbol, symbol)
    letters = "".join(c for c in unicodedata.normalize("NFD", symbol) if unicodedata.category(c) in ("Ll", "Lo"))
    for size in range(len(letters), 0, -1):  # the longest beginning that is known
        for found in (letters[:size], NEAREST.get(letters[:size])):
            if found in PHONES:
                return found
    return None


def arpabet_from_ipa(symbol: str) -> str | None:
    """The sound in the alphabet of CMUdict, or its English neighbour; None if it is no sound.

    >>> arpabet_from_ipa("tʃ"), arpabet_from_ipa("ɒ"), arpabet_from_ipa("ə")
    ('CH', 'AA', 'AH')
    """
    listed = nearest(symbol)
    if listed is None:
        return None
    return ARPABET_NEAREST.get(listed) or ARPABET_FROM_IPA[listed]
