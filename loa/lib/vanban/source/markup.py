"""Removes what extraction tools leave around the words: Markdown emphasis, HTML fragments, entities.

Nothing printed is lost: `<p>`, `<li>` and `<br>` become line breaks, other tags vanish, `<https://…>` keeps
its address, `<sup>1</sup>` and `$^{1}$` become the superscript ¹ that stood on paper.
"""

from __future__ import annotations

import html
import re

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

_SUP = re.compile(r"<sup>\s*(\d{1,3})\s*</sup>|\$\^\{?(\d{1,3})\}?\$|\[\^(\d{1,3})\]", re.I)
_BREAK = re.compile(r"<\s*(?:br|p|li|div|tr|/p|/li|/div)\b[^<>]*>", re.I)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[\w.+-]+@[\w-]+\.[\w.-]+)>")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]*)\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|&~<>])")
#: ** __ around words; a lone * only when it touches a word on exactly one side ("(*gồm sổ điểm*)")
_STRONG = re.compile(r"\*{2,3}|_{2,}(?=\w)|(?<=\w)_{2,}(?!\w)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0b\x0e-\x1f]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def tidy_characters(text: str) -> str:
    """Line ends, odd spaces, invisible characters; the Icelandic Ð that some fonts print for Đ."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\u000b", "\n").replace("\u0085", "\n")
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return text.replace("Ð", "Đ").replace("Ɖ", "Đ").replace("ð", "đ")


def strip_markup(text: str, *, breaks: str = "\n") -> str:
    """One line or cell without markup; paragraph tags inside become `breaks`.

    >>> strip_markup("gửi trước ngày **31/5/2021**; (*nếu có*)")
    'gửi trước ngày 31/5/2021; (nếu có)'
    >>> strip_markup("<p>- Văn phòng Sở</p> <p>- Phòng GDĐT</p>", breaks=" | ").strip(" |")
    '- Văn phòng Sở |  | - Phòng GDĐT'
    """
    if "<" in text or "$^" in text or "[^" in text:
        text = _SUP.sub(lambda m: next(g for g in m.groups() if g).translate(SUPERSCRIPTS), text)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
        text = _BREAK.sub(breaks, text)
        text = _TAG.sub("", text)
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "#" in text:
        text = _HEADING.sub("", text)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub("", _STRONG.sub("", text))
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return text


def strip_strong(raw: str) -> str:
    """A line without the marks a converter put around what was bold."""
    return _STRONG.sub("", raw) if "**" in raw or "__" in raw else raw


def is_bold_line(raw: str) -> bool:
    """Was the whole line bold in Markdown?"""
    raw = raw.strip()
    return len(raw) > 4 and raw.startswith("**") and raw.endswith("**") and "**" not in raw[2:-2]
