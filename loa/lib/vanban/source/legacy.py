"""Bytes to Unicode NFC: byte order marks, combining accents, and the code pages before 2001.

Text in TCVN3 (ABC, fonts .VnTime) or VNI is not Unicode at all: each byte is a letter of its own alphabet. It is
recognised by statistics and converted by `loa.lib.vi`, with a repair code so that the officer is told.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Callable

from loa.lib.vanban import errors

from .markup import tidy_characters

_VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.I)
#: letters that Vietnamese never writes but TCVN3 text read as Latin-1 is full of ("Thùc hiÖn nhiÖm vô": Ö µ ¸ ® ­)
_TCVN3_SIGNS = re.compile("[µ¶·¸¹»¼½¾ÆÇÈËÎÏÑÖ×ØÜÞ®¨©ª«¬¡¢£¤¥¦§]")
#: VNI writes each accent as a second character after the vowel: "nhieäm vuï" (aä, eä, uï, öô)
_VNI_SIGNS = re.compile("[aeiouyöô][äïûüåàáâèéêëùúøõôö](?![aeiou])", re.I)


def decode_text(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """(text in NFC, repair codes) of a text file. Raises `NotText` or `NotVietnamese`."""
    text = _decode(data, name)
    if "\x00" in text:
        raise errors.NotText(name=name)
    return normalise(text, name)


def normalise(text: str, name: str = "tệp") -> tuple[str, tuple[str, ...]]:
    """Characters tidied, composed, and old alphabets converted."""
    repairs: list[str] = []
    text = tidy_characters(text)
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        repairs.append("nfd")
    scheme = legacy_scheme(composed)
    if scheme:
        converter = _converter(scheme)
        if converter is None:
            raise errors.NotVietnamese(name=name)
        composed = unicodedata.normalize("NFC", converter(composed))
        repairs.append(scheme)
    return composed, tuple(repairs)


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
    control = sum(1 for byte in data[:20000] if byte < 9 or 13 < byte < 32)
    if control > len(data[:20000]) * 0.01:
        raise errors.NotText(name=name)
    # Windows-1258 writes ê + combining dot below; TCVN3 and VNI are read as Latin-1 first
    as_1258 = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    as_latin = data.decode("latin-1")
    if legacy_scheme(as_latin) is None and _rate(_VIETNAMESE, as_1258) > 0.08 and "\ufffd" not in as_1258:
        return as_1258
    return as_latin


def _rate(pattern: re.Pattern[str], text: str) -> float:
    letters = sum(1 for char in text if not char.isspace())
    return len(pattern.findall(text)) / letters if letters else 0.0


def legacy_scheme(text: str) -> str | None:
    """ "tcvn3", "vni" or None. Looks at the first 20,000 characters.

    >>> legacy_scheme("KÕ ho¹ch truyÒn th«ng vÒ gi¸o dôc vµ ®µo t¹o n¨m häc 2005 - 2006")
    'tcvn3'
    >>> legacy_scheme("Kế hoạch truyền thông về giáo dục và đào tạo") is None
    True
    """
    sample = text[:20000]
    if len(re.findall("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơưĐƠƯ]", sample)) > len(sample) * 0.01:
        return None
    if _rate(_TCVN3_SIGNS, sample) > 0.06:
        return "tcvn3"
    if _rate(_VNI_SIGNS, sample) > 0.05:
        return "vni"
    return None


def _converter(scheme: str) -> Callable[[str], str] | None:
    """The converter of `loa.lib.vi`, when it carries one for this alphabet."""
    try:
        module = importlib.import_module("loa.lib.vi.legacy")
    except ImportError:
        return None
    for attribute in (f"{scheme}_to_unicode", f"decode_{scheme}", f"from_{scheme}"):
        found = getattr(module, attribute, None)
        if callable(found):
            return found
    return None
