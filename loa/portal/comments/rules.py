"""Limits and states of readers' comments: tables that can be read aloud. No Django here."""

from __future__ import annotations

from enum import StrEnum

from loa.core.transitions import Transitions

#: the kind of channel these come by
KIND = "portal"
#: letters
LEAST_WORDS, MOST_WORDS = 5, 1000
MOST_NAME, MOST_MAIL = 40, 254
#: letters of an answer of the office
MOST_ANSWER = 2000
#: days for which an article takes comments unless the site says another number
DAYS, MOST_DAYS = 30, 180
#: comments one place on the net may send in a day (a school shares one address), and below one article
A_DAY, A_DAY_HERE = 20, 6
#: comments a site takes in a day: more is a flood no office can read
SITE_A_DAY = 300
#: seconds a form takes a person at least, and for how long it can be sent
QUICKEST, FORM_FOR = 3, 6 * 3600
#: shown below the article itself; the rest on a page of their own, so many a page
UNDER, PER_PAGE = 6, 15
#: an address that nothing was written to is forgotten after so many days
MAIL_DAYS = 60
#: letters and digits of a code: none that is taken for another
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class State(StrEnum):
    """Where a comment stands."""

    WAITING = "waiting"  # chờ đọc
    SHOWN = "shown"  # đang hiện
    HIDDEN = "hidden"  # không cho hiện, hoặc đã ẩn
    DELETED = "deleted"  # đã xoá theo quyết định
    TAKEN_BACK = "taken_back"  # người viết gỡ
    FORGOTTEN = "forgotten"  # hết thời hạn lưu, hoặc xoá theo yêu cầu


_GOES = (State.DELETED, State.TAKEN_BACK, State.FORGOTTEN)
MOVES = Transitions(
    "portal.comment",
    {
        State.WAITING: (State.SHOWN, State.HIDDEN, *_GOES),
        State.SHOWN: (State.HIDDEN, *_GOES),
        State.HIDDEN: (State.SHOWN, *_GOES),
        State.DELETED: (State.FORGOTTEN,),
        State.TAKEN_BACK: (State.FORGOTTEN,),
    },
)
#: the words are there
STANDING = (State.WAITING, State.SHOWN, State.HIDDEN)


def code_of(digest: bytes) -> str:
    """A code a person can copy from a screen ("K7QM-2XPA-9TDE"), sixty bits of the digest."""
    number = int.from_bytes(digest[:8], "big") >> 4
    letters = [ALPHABET[(number >> (5 * place)) & 31] for place in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def typed_code(text: str) -> str:
    """A code as somebody types it; empty when it is none."""
    letters = [letter for letter in text.upper() if letter in ALPHABET]
    spare = [letter for letter in text if letter.isalnum() and letter.upper() not in ALPHABET]
    if len(letters) != 12 or spare:
        return ""
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))
