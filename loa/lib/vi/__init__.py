"""Vietnamese text: normal form, folding, tone placement, old encodings, sorting, search keys. Pure Python.

Every function takes NFD, NFC and mixed input and answers the same for each.
"""

from __future__ import annotations

from .collation import person_key, sort_key
from .forms import clean, clean_lines, fold, nfc, repair, search_key, toneless
from .legacy import decode, encoding_of_font, recover
from .numbers import number_words, parse_number_words
from .query import Query, Term, highlight, parse_query, snippet
from .syllable import exact_key, is_syllable, tones
from .text import sentences, slugify_vi, words

__all__ = [
    "Query",
    "Term",
    "clean",
    "clean_lines",
    "decode",
    "encoding_of_font",
    "exact_key",
    "fold",
    "highlight",
    "is_syllable",
    "nfc",
    "number_words",
    "parse_number_words",
    "parse_query",
    "person_key",
    "recover",
    "repair",
    "search_key",
    "sentences",
    "slugify_vi",
    "snippet",
    "sort_key",
    "toneless",
    "tones",
    "words",
]
