"""Text to the pieces that BERT's vocabulary knows (Devlin et al. 2019; Wu et al. 2016, "Google's NMT", section 4.1)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_WORD = 100
"""Characters; a longer one is unknown, as in BERT."""

_PARTS = re.compile(r"\w+|[^\w\s]", re.UNICODE)


class WordPiece:
    """Greedy longest match, lower case, without accents. vocabulary : piece -> its number"""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._numbers = vocabulary

    @classmethod
    def load(cls, path: Path) -> WordPiece:
        """From a tokenizer.json."""
        return cls(json.loads(path.read_text("utf-8"))["model"]["vocab"])

    def numbers(self, text: str, most: int) -> list[int]:
        """At most so many pieces, [CLS] and [SEP] among them."""
        inner = [number for word in words(text) for number in self._pieces(word)]
        return [self._numbers["[CLS]"], *inner[: most - 2], self._numbers["[SEP]"]]

    def _pieces(self, word: str) -> list[int]:
        out: list[int] = []
        begin = 0
        while begin < len(word):
            for end in range(len(word), begin, -1):
                found = self._numbers.get(("##" if begin else "") + word[begin:end])
                if found is not None:
                    break
            else:
                return [self._numbers["[UNK]"]]
            out.append(found)
            begin = end
        return out


def words(text: str) -> Iterator[str]:
    """Words and marks, as BERT splits them: lower case, accents off, each mark by itself.

    >>> list(words("It's déjà vu!"))
    ['it', "'", 's', 'deja', 'vu', '!']
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    for part in _PARTS.findall(plain):
        for piece in part.replace("_", " _ ").split():
            yield piece if len(piece) <= LONGEST_WORD else "[UNK]"
