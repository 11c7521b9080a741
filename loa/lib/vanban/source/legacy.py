"""Bytes to Unicode NFC: byte order marks, combining accents, and the code pages before 2001.

Text in TCVN3 (ABC), VNI, VISCII or Windows-1258 is told and converted by `loa.lib.vi.legacy`; a repair code goes
with the text so that the officer is told.
"""

from __future__ import annotations

import re
import unicodedata

from loa.lib.vanban import errors
from loa.lib.vi.legacy import recover

from .markup import tidy_characters

#: letters only Unicode Vietnamese has; a text full of them needs no recovering
_UNICODE_VIETNAMESE = re.compile("[ăđĩũơưạ-ỹĂĐĨŨƠƯ\u0300\u0301\u0303\u0309\u0323\u031b]")
_LETTER = re.compile(r"[^\W\d_]")
#: share of letters beyond ASCII that no code page explains, above which the text is refused
_MAX_UNKNOWN = 0.12


def decode_text(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """(text in NFC, repair codes) of a text file. Raises `NotText` or `NotVietnamese`."""
    text = _decode(data, name)
    if "\x00" in text:
        raise errors.NotText(name=name)
    return normalise(text, name)


def normalise(text: str, name: str = "tệp", *, recover_old: bool = True) -> tuple[str, tuple[str, ...]]:
    """Characters tidied and composed; with `recover_old`, old alphabets converted.

    >>> normalise("KÕ ho¹ch truyÒn th«ng vÒ gi¸o dôc vµ ®µo t¹o")
    ('Kế hoạch truyền thông về giáo dục và đào tạo', ('tcvn3',))
    """
    repairs: list[str] = []
    if recover_old and not text.isascii() and not _reads_as_unicode(text):
        text, encoding = recover(text)
        if encoding:
            repairs.append(encoding)
        elif _unknown_share(text) > _MAX_UNKNOWN:
            raise errors.NotVietnamese(name=name)
    text = tidy_characters(text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        repairs.append("nfd")
    return text, tuple(repairs)


def _decode(data: bytes, name: str) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise errors.NotText(name=name) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    sample = data[:20000]
    control = sum(1 for byte in sample if byte < 9 or 13 < byte < 32)
    if control > len(sample) * 0.01:
        raise errors.NotText(name=name)
    # old files are bytes of a font; Windows reads them as 1252, keeping the five holes of that page
    return "".join(_WINDOWS[byte] for byte in data)


def _windows_1252() -> list[str]:
    out = []
    for byte in range(256):
        try:
            out.append(bytes([byte]).decode("cp1252"))
        except UnicodeDecodeError:
            out.append(chr(byte))
    return out


_WINDOWS = _windows_1252()


def _reads_as_unicode(text: str) -> bool:
    """Does the text already hold as many Vietnamese letters as Vietnamese has?"""
    sample = text[:20000]
    letters = len(_LETTER.findall(sample))
    return len(_UNICODE_VIETNAMESE.findall(sample)) > letters * 0.03


def _unknown_share(text: str) -> float:
    sample = text[:20000]
    visible = [char for char in sample if not char.isspace()]
    odd = [char for char in visible if ("\x80" <= char <= "\xff" and not char.isalpha()) or char == "\ufffd"]
    return len(odd) / len(visible) if visible else 0.0
