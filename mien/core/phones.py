"""The speech sounds mien knows, in IPA, and how they relate to ARPAbet.

Voices and aligners hand on these symbols; the lips look them up. A symbol that is not listed is
read by its nearest listed one (``nearest``), so other languages work as far as their sounds do.
"""

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
