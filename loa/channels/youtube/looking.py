"""What people wrote below all films of a channel, newest first, until what is known.

YouTube tells no events about comments: it is asked, and every question costs one unit of the project's 10,000 a
day, which all channels of an installation share (developers.google.com/youtube/v3/determine_quota_cost). A usual
look is two questions, the newest threads and those YouTube holds back: every ten minutes that is 288 units a day
for a channel. More is asked only when something is new or missing, and `rest` spreads looks so that all channels
together stay below `BUDGET`: 20 channels are looked at every ten minutes, 100 every 48. The rest of the quota is
for answers and moderation, 50 units each.

`commentThreads.list?allThreadsRelatedToChannelId=…&order=time` comes in the order of the comments at the top, so
that an answer below an old one is only seen by its `totalReplyCount`, and by asking for known threads by their ids
(developers.google.com/youtube/v3/docs/commentThreads). That a comment was deleted is not told: what we know and no
list shows is asked for by its id, and is gone when that answers nothing while its film still takes comments. What
YouTube files as likely spam is hidden here when it was known, and never fetched.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from loa.channels.inbound.rules import Kept, Words
from loa.channels.rules import Outcome, Result
from loa.channels.youtube.errors import classify_comments
from loa.channels.youtube.transport import YouTube
from loa.core import clock

#: units a day for looking, of all channels together
BUDGET = 6000
#: rows of a page, pages of a list at most, ids in one question
PAGE, MOST_PAGES, MOST_IDS = 100, 50, 50
#: in one look, at most: threads whose replies are listed, questions for older threads, films that are asked
MOST_REPLIES, MOST_OLDER, MOST_FILMS = 10, 2, 5
#: lists run behind what we did: for so long our own knowledge is the newer
LAG = dt.timedelta(minutes=15)

_api = YouTube()
Row = dict[str, Any]


def rest(units: int, channels: int) -> dt.timedelta:
    """How long a channel rests after a look that cost so many units, when so many channels share the quota."""
    return dt.timedelta(seconds=max(units, 1) * max(channels, 1) * 86_400 / BUDGET)


def asked(talk: Any, method: str, path: str, **content: Any) -> tuple[Row, Outcome | None]:
    """(body, what is wrong or None) of one call about comments."""
    _answer, body, wrong = _api._call(talk, method, f"youtube/v3/{path}", **content)
    return body, classify_comments(wrong, body, clock.now()) if wrong is not None else None


def listed(talk: Any, path: str, params: Mapping[str, str]) -> tuple[list[Row], Outcome | None]:
    """Every row of a list."""
    found: list[Row] = []
    page = ""
    for _number in range(MOST_PAGES):
        rows, page, wrong = _page(talk, path, params, page)
        if wrong is not None:
            return [], wrong
        found += rows
        if not page:
            break
    return found, None


def _page(talk: Any, path: str, params: Mapping[str, str], token: str) -> tuple[list[Row], str, Outcome | None]:
    """(rows, token of the next page, what is wrong or None)."""
    more = {"maxResults": str(PAGE), "textFormat": "plainText", **({"pageToken": token} if token else {})}
    body, wrong = asked(talk, "GET", path, params={**params, **more})
    rows = body.get("items")
    if wrong is None and not isinstance(rows, list):
        wrong = Outcome(Result.UNKNOWN, "no_answer")
    if wrong is not None or not isinstance(rows, list):
        return [], "", wrong
    return [row for row in rows if isinstance(row, dict)], str(body.get("nextPageToken") or ""), None


def _part(row: Row, name: str) -> Row:
    """A part of a row; empty when it is none."""
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def author(row: Row) -> str:
    """The channel of who wrote a comment."""
    return str(_part(_part(row, "snippet"), "authorChannelId").get("value") or "")


def text_of(row: Row) -> str:
    """Its words; as written where YouTube shows them to us (our own), else as displayed."""
    snippet = _part(row, "snippet")
    return str(snippet.get("textOriginal") or snippet.get("textDisplay") or "")


def comment_time(row: Row, name: str) -> dt.datetime | None:
    """`publishedAt` or `updatedAt` of a comment; None when it is no time."""
    try:
        found = dt.datetime.fromisoformat(str(_part(row, "snippet").get(name)))
    except ValueError:
        return None
    return found if found.tzinfo else None


def heard(talk: Any, kept: Mapping[str, Kept], since: dt.datetime) -> tuple[list[Words], Outcome | None]:
    """(what is new or changed since a moment, oldest first; what is wrong or None).

    `kept`: what is known, by its id. With something wrong, what was found before it may be told all the same.
    """
    look = _Look(talk, kept, since)
    look.run()
    return look.words(), look.wrong


class _Look:
    def __init__(self, talk: Any, kept: Mapping[str, Kept], since: dt.datetime) -> None:
        self.talk, self.kept, self.since = talk, kept, since
        self.now = clock.now()
        #: whatever is too much for one look gets its turn in another
        self.turn = int(self.now.timestamp() // 600)
        self.wrong: Outcome | None = None
        #: every comment that was shown to us; those YouTube holds back
        self.rows: dict[str, Row] = {}
        self.held: set[str] = set()
        #: known ones no list shows any more; those filed as spam
        self.missing: set[str] = set()
        self.spam: set[str] = set()
        self.gone: set[str] = set()
        self.branches: dict[str, set[str]] = defaultdict(set)
        for key, one in kept.items():
            if key != one.thread and one.standing == "shown":
                self.branches[one.thread].add(key)

    # — asking ———————————————————————————————————————————————————————————————————
    def run(self) -> None:
        threads, horizon = self._newest()
        if self.wrong is None:
            self._held_back()
        if self.wrong is not None:
            self.rows = {}  # oldest first and without a gap, or not at all
            return
        older = self._older(horizon, {str(row.get("id")) for row in threads})
        self._replies([*threads, *older])
        self._missing()

    def _newest(self) -> tuple[list[Row], dt.datetime]:
        """(threads down to what is known, the age down to which they are all of them)."""
        found: list[Row] = []
        params = self._params("published")
        page = ""
        ages: list[dt.datetime] = []
        for _number in range(MOST_PAGES):
            rows, page, self.wrong = _page(self.talk, "commentThreads", params, page)
            if self.wrong is not None:
                return [], self.since
            found += rows
            ages = [at for row in rows if (at := comment_time(_top(row), "publishedAt"))]
            if not page or not ages or min(ages) < self.since:
                return [row for row in found if self._recent(_top(row))], self.since
            if any(str(row.get("id")) in self.kept for row in rows):
                return found, min(ages)
        return found, min(ages)

    def _recent(self, row: Row) -> bool:
        at = comment_time(row, "publishedAt")
        return at is not None and at >= self.since

    def _params(self, status: str) -> dict[str, str]:
        return {
            "part": "snippet,replies",
            "allThreadsRelatedToChannelId": self.talk.account.external_id,
            "moderationStatus": status,
            "order": "time",
        }

    def _held_back(self) -> None:
        rows, _more, self.wrong = _page(self.talk, "commentThreads", self._params("heldForReview"), "")
        for row in rows:
            for one in (_top(row), *_embedded(row)):
                held = _part(one, "snippet").get("moderationStatus") == "heldForReview"
                if held and self._recent(one) and self._see(one):
                    self.held.add(str(one["id"]))

    def _see(self, row: Row) -> bool:
        """Keep a comment that was shown, and return whether; one without an id or words is passed over."""
        if not row.get("id") or not _part(row, "snippet"):
            return False
        self.rows.setdefault(str(row["id"]), row)
        return True

    def _older(self, horizon: dt.datetime, shown: set[str]) -> list[Row]:
        """Known threads older than those that were listed, a share of them in each look."""
        known = sorted(
            key
            for key, one in self.kept.items()
            if key == one.thread and one.standing == "shown" and key not in shown | self.held
        )
        # Younger than what was listed, and not among it.
        self.missing |= {key for key in known if self.kept[key].at > horizon}
        old = [key for key in known if self.kept[key].at <= horizon]
        parts = [old[start : start + MOST_IDS] for start in range(0, len(old), MOST_IDS)]
        found: list[Row] = []
        for part in self._share(parts, MOST_OLDER):
            rows, wrong = self._by_id("commentThreads", "snippet,replies", part)
            if wrong is not None:
                self.wrong = self.wrong or wrong
                continue
            found += rows
            self.missing |= set(part) - {str(row.get("id")) for row in rows}
        return found

    def _by_id(self, path: str, part: str, keys: list[str]) -> tuple[list[Row], Outcome | None]:
        """Those of them that are there. One that is not may make the whole question "not found"."""
        params = {"part": part, "textFormat": "plainText"}
        body, wrong = asked(self.talk, "GET", path, params={**params, "id": ",".join(keys)})
        if wrong is None and isinstance(body.get("items"), list):
            return [row for row in body["items"] if isinstance(row, dict)], None
        if wrong is None or wrong.code not in ("yt_comment_gone", "gone"):
            return [], wrong or Outcome(Result.UNKNOWN, "no_answer")
        if len(keys) == 1:
            return [], None
        middle = len(keys) // 2
        left, wrong = self._by_id(path, part, keys[:middle])
        if wrong is not None:
            return [], wrong
        right, wrong = self._by_id(path, part, keys[middle:])
        return [*left, *right], wrong

    def _replies(self, threads: list[Row]) -> None:
        """What stands below each; listed whole where what came along is not all and what is known does not fit."""
        wanted = []
        for thread in threads:
            key, came = str(thread.get("id") or ""), _embedded(thread)
            self._see(_top(thread))
            for row in came:
                self._see(row)
            told = _part(thread, "snippet").get("totalReplyCount")
            total = told if isinstance(told, int) else 0
            below = self.branches.get(key, set())
            keys = {str(row.get("id")) for row in came}
            if total == len(came):
                self.missing |= below - keys
            elif total != len(below) or not keys <= self.kept.keys():
                wanted.append(key)
        for key in self._share(wanted, MOST_REPLIES):
            rows, wrong = listed(self.talk, "comments", {"part": "snippet", "parentId": key})
            if wrong is not None:
                if wrong.code != "yt_comment_gone":
                    self.wrong = self.wrong or wrong
                continue
            for row in rows:
                self._see(row)
            self.missing |= self.branches.get(key, set()) - {str(row.get("id")) for row in rows}

    def _missing(self) -> None:
        """Of what no list shows: what is gone, and what was filed as spam."""
        keys = self._share(sorted(self.missing - self.held), MOST_IDS)
        if not keys:
            return
        rows, _more, wrong = _page(self.talk, "commentThreads", self._params("likelySpam"), "")
        filed = {str(one.get("id")) for row in rows for one in (_top(row), *_embedded(row))}
        self.spam = filed & set(keys)
        asked_for = [key for key in keys if key not in self.spam]
        if wrong is None and asked_for:
            rows, wrong = self._by_id("comments", "snippet", asked_for)
        if wrong is not None:
            self.wrong = self.wrong or wrong
            return
        absent = set(asked_for) - {str(row.get("id")) for row in rows}
        self.gone = self._taken_back(absent)
        # Replies go with the comment above them.
        self.gone |= {key for top in self.gone for key in self.branches.get(top, ())}

    def _taken_back(self, absent: set[str]) -> set[str]:
        """Of what is not there any more: what somebody took away. A film that is down, or that takes no comments
        any more, hides them all: nobody took them back."""
        films = self._share(sorted({self.kept[key].place for key in absent} - {""}), MOST_FILMS)
        open_films = {""}
        for film in films:
            params = {"part": "id", "videoId": film, "maxResults": "1"}
            _body, wrong = asked(self.talk, "GET", "commentThreads", params=params)
            if wrong is None:
                open_films.add(film)
            elif wrong.result != Result.REFUSED:
                self.wrong = self.wrong or wrong
        return {key for key in absent if self.kept[key].place in open_films}

    def _share(self, rows: list[Any], most: int) -> list[Any]:
        first = self.turn * most % len(rows) if len(rows) > most else 0
        return [*rows[first:], *rows[:first]][:most]

    # — telling ——————————————————————————————————————————————————————————————————
    def words(self) -> list[Words]:
        """What of it is new or changed."""
        told: list[Words] = []
        titles = self._titles()
        for key, row in self.rows.items():
            at, known, snippet = comment_time(row, "publishedAt"), self.kept.get(key), row["snippet"]
            if at is None or at < self.since or (known is not None and known.standing == "gone"):
                continue
            if known is None or snippet.get("updatedAt") != snippet.get("publishedAt"):
                told.append(self._said(row, at, titles))
            if known is not None and known.changed < self.now - LAG:
                if key in self.held and known.standing == "shown":
                    told.append(self._moved(key, "hide"))
                elif known.standing in ("held", "hidden") and snippet.get("moderationStatus") == "published":
                    told.append(self._moved(key, "unhide"))
        told.sort(key=lambda words: (words.at, bool(words.parent)))
        known_gone = [key for key in sorted(self.gone) if self.kept[key].changed < self.now - LAG]
        told += [self._moved(key, "remove") for key in known_gone]
        told += [self._moved(key, "hide") for key in sorted(self.spam) if self.kept[key].standing == "shown"]
        return told

    def _moved(self, key: str, verb: str) -> Words:
        return Words("comment", verb, external_id=key, thread=self.kept[key].thread, at=self.now)

    def _said(self, row: Row, at: dt.datetime, titles: Mapping[str, str]) -> Words:
        snippet, key = row["snippet"], str(row["id"])
        parent, video = str(snippet.get("parentId") or ""), self._video(row)
        link = settings.LOA_CHANNEL_PAGES["youtube"].format(key=video) if video else ""
        # The address of a picture dies in six hours.
        picture = ({"kind": "photo", "url": "", "name": _("ảnh, xem trên YouTube")},)
        return Words(
            what="comment",
            verb="add",
            external_id=key,
            thread=parent or key,
            at=at,
            author=author(row),
            name=str(snippet.get("authorDisplayName") or ""),
            text=text_of(row),
            place=video,
            parent=parent,
            link=f"{link}&lc={key}" if "?" in link else link,
            ours=author(row) == self.talk.account.external_id,
            held=key in self.held,
            title=titles.get(video, ""),
            files=picture if snippet.get("imageUrl") else (),
        )

    def _video(self, row: Row) -> str:
        snippet = row["snippet"]
        above = _part(self.rows.get(str(snippet.get("parentId") or ""), {}), "snippet")
        return str(snippet.get("videoId") or above.get("videoId") or "")

    def _titles(self) -> dict[str, str]:
        """Of the films under which something new stands; also of those nobody posted from Loa."""
        new = {self._video(row) for key, row in self.rows.items() if key not in self.kept} - {""}
        if not new:
            return {}
        params = {"part": "snippet", "id": ",".join(sorted(new)[:MOST_IDS])}
        body, wrong = asked(self.talk, "GET", "videos", params=params)
        rows = body.get("items") if wrong is None else None
        return {
            str(row.get("id")): str(_part(row, "snippet").get("title") or "")
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        }


def _top(thread: Row) -> Row:
    """The comment at the top, with the film it stands under."""
    snippet = _part(thread, "snippet")
    top = _part(snippet, "topLevelComment")
    if not _part(top, "snippet"):
        return {}
    return {**top, "snippet": {"videoId": snippet.get("videoId"), **top["snippet"]}}


def _embedded(thread: Row) -> list[Row]:
    rows = _part(thread, "replies").get("comments")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
