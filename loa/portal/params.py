"""Parameters of public pages, read leniently: a wrong value is as good as none. All are in cache.PARAMETERS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from loa.lib.typed import whole
from loa.lib.vi import clean
from loa.newsroom.rules import Genre

#: pages of one list that can be turned; older stories are found by month
LAST_PAGE = 50
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class NewsFilter:
    """What a list of news is narrowed to."""

    month: tuple[int, int] | None = None
    topic_id: int | None = None
    genre: str = ""
    schools: bool = False

    @property
    def month_value(self) -> str:
        return f"{self.month[0]}-{self.month[1]:02d}" if self.month else ""


def text(request: HttpRequest, name: str, limit: int = 200) -> str:
    """A parameter as clean NFC text, cut to `limit`."""
    return clean(request.GET.get(name, "").replace("\x00", ""))[:limit]


def number(request: HttpRequest, name: str) -> int | None:
    """A parameter as a number that fits a key, else None."""
    return whole(request.GET.get(name), digits=9)


def page(request: HttpRequest) -> int:
    """The page asked for, from 1 to LAST_PAGE."""
    return min(max(number(request, "trang") or 1, 1), LAST_PAGE)


def news_filter(request: HttpRequest) -> NewsFilter:
    """What the list of news is narrowed to."""
    month = _MONTH.fullmatch(request.GET.get("thang", ""))
    genre = request.GET.get("the-loai", "")
    return NewsFilter(
        month=(int(month[1]), int(month[2])) if month else None,
        topic_id=number(request, "chu-de"),
        genre=genre if genre in {kind.value for kind in Genre} else "",
        schools=request.GET.get("nguon", "") == "truong",
    )
