"""The page of a simulator: looks like a feed, so that a newcomer sees a post appear."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable

_CSS = """
*{box-sizing:border-box}body{margin:0;background:#f0f2f5;color:#1c1e21;font:15px/1.45 system-ui,sans-serif}
.top{background:%(colour)s;color:#fff;padding:12px 20px;font-weight:700;font-size:20px}
.top small{font-weight:400;font-size:13px;margin-left:10px}main{max-width:600px;margin:20px auto;padding:0 12px}
h1{font-size:22px;margin:0 0 4px}.sub{color:#4b4f56;margin:0 0 18px}article{background:#fff;border-radius:10px;
padding:16px;margin:0 0 16px;box-shadow:0 1px 2px #0003}.who{font-weight:700}.when{color:#5a5f66;font-size:13px}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:10px 0}h2{font-size:18px;margin:10px 0 4px}
.pics{display:grid;grid-template-columns:repeat(2,1fr);gap:4px}.pics img:first-child{grid-column:1/-1}
.pics img{width:100%%;max-height:420px;object-fit:cover;display:block;border-radius:4px}
.co,.re{background:#f0f2f5;border-radius:14px;padding:8px 12px;margin:8px 0 0;overflow-wrap:anywhere}
.re{margin-left:32px}.hid{color:#5a5f66}.say{display:flex;gap:6px;margin:10px 0 0;flex-wrap:wrap}
.say input{font:inherit;padding:7px 10px;border:1px solid #8a8d91;border-radius:8px;min-width:0}
.say input[name=text]{flex:1 1 200px}
.say button{font:inherit;border:0;border-radius:8px;padding:7px 14px;background:%(colour)s;color:#fff}
.link{display:block;background:#f0f2f5;padding:10px;border-radius:6px;color:#385898;overflow-wrap:anywhere}
"""


def article(
    *,
    anchor: str,
    who: str,
    at: float,
    title: str = "",
    text: str,
    link: str = "",
    pictures: Iterable[tuple[str, str]],
    below: str = "",
) -> str:
    """One post; `below`: markup of what stands under it."""
    zone = dt.timezone(dt.timedelta(hours=7))
    when = dt.datetime.fromtimestamp(at, zone).strftime("%H:%M %d/%m/%Y")
    parts = [
        f'<article id="{html.escape(anchor)}"><div class="who">{html.escape(who)}</div>',
        f'<div class="when">{when}</div>',
    ]
    if title:
        parts.append(f"<h2>{html.escape(title)}</h2>")
    parts.append(f'<div class="text">{html.escape(text)}</div>')
    shown = [f'<img src="{html.escape(url)}" alt="{html.escape(alt)}">' for url, alt in pictures]
    if shown:
        parts.append(f'<div class="pics">{"".join(shown)}</div>')
    if link:
        parts.append(f'<a class="link" href="{html.escape(link)}">{html.escape(link)}</a>')
    return "".join([*parts, below, "</article>"])


def page(*, brand: str, colour: str, name: str, about: str, articles: list[str], more: str = "") -> str:
    """The whole page; `more`: markup above the posts."""
    body = "".join(articles) or "<article><p>Chưa có bài nào. Hãy đăng một bài từ Loa.</p></article>"
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(name)} – {brand} (mô phỏng)</title><style>{_CSS % {'colour': colour}}</style>"
        f'<div class="top">{brand}<small>mô phỏng trên máy này, không phải trang thật</small></div>'
        f'<main><h1>{html.escape(name)}</h1><p class="sub">{html.escape(about)}</p>{more}{body}</main></html>'
    )


def comments_below(place: str, rows: Iterable[tuple[bool, str, str, str]]) -> str:
    """Comments below a post as (is a reply, who, a note or nothing, words), and a box to write one."""
    shown = []
    for is_reply, who, note, words in rows:
        told = f' <em class="hid">({html.escape(note)})</em>' if note else ""
        level = "re" if is_reply else "co"
        shown.append(f'<p class="{level}"><b>{html.escape(who)}</b>{told}<br>{html.escape(words)}</p>')
    form = (
        f'<form class="say" method="post" action="/_sim/binh-luan"><input type="hidden" name="post" '
        f'value="{html.escape(place)}"><input name="name" placeholder="Tên bạn" aria-label="Tên bạn" size="12">'
        '<input name="text" placeholder="Viết bình luận…" aria-label="Viết bình luận" required>'
        "<button>Gửi</button></form>"
    )
    return "".join(shown) + form
