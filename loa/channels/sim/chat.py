"""The page of a chat at a simulator: a visitor writes, the office answers, buttons can be pressed."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from urllib.parse import quote

_CSS = """
*{box-sizing:border-box}body{margin:0;background:#e6ebf2;color:#14171c;font:16px/1.5 system-ui,sans-serif;
display:flex;flex-direction:column;min-height:100vh;max-width:560px;margin:0 auto}
header{background:%(colour)s;color:#fff;padding:12px 16px}header small{display:block}header a{color:#fff}
main{flex:1;padding:16px;display:flex;flex-direction:column;gap:8px}
p{margin:0;padding:9px 13px;border-radius:14px;max-width:82%%;white-space:pre-wrap;overflow-wrap:anywhere}
.oa{background:#fff;align-self:flex-start}.me{background:#cfe4ff;align-self:flex-end}.none{color:#4b525c}
form{display:flex;gap:8px;padding:12px;background:#fff;position:sticky;bottom:0}
.quick{background:none;padding:4px 0;position:static;flex-wrap:wrap}
.quick button{background:#fff;color:%(colour)s;border:1px solid %(colour)s;border-radius:18px;padding:6px 14px}
input{flex:1;font:inherit;padding:10px;border:1px solid #868e99;border-radius:8px;min-width:0}
button{font:inherit;padding:10px 18px;border:0;border-radius:8px;background:%(colour)s;color:#fff}
"""
_JS = """
const box=document.getElementById('lines');let was=box.innerHTML;
setInterval(async()=>{try{const r=await fetch('/_sim/chat/lines?u='+box.dataset.u);const t=await r.text();
if(t!==was){was=t;box.innerHTML=t;window.scrollTo(0,document.body.scrollHeight)}}catch(e){}},1500);
window.scrollTo(0,document.body.scrollHeight);
"""


def lines(person: str, rows: Iterable[tuple[bool, str]], choices: Sequence[tuple[str, str]] = ()) -> str:
    """What was said, as (by the office, words); `choices`: buttons below as (title, what pressing them sends)."""
    shown = [f'<p class="{"oa" if ours else "me"}">{html.escape(text)}</p>' for ours, text in rows]
    if not shown:
        return '<p class="none">Hãy nhắn một câu, ví dụ “chào” hoặc “trường ở phường Vinh Hưng”.</p>'
    buttons = "".join(
        f'<button name="choice" value="{html.escape(sends)}">{html.escape(title)}</button>'
        for title, sends in choices
    )
    if buttons:
        shown.append(f'<form class="quick" method="post" action="/_sim/chat?u={quote(person)}">{buttons}</form>')
    return "".join(shown)


def chat_page(*, brand: str, colour: str, name: str, person: str, inner: str) -> str:
    """The whole page around `lines`."""
    name = html.escape(name)
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Trò chuyện với {name} (mô phỏng {brand})</title><style>{_CSS % {'colour': colour}}</style>"
        f"<header><b>{name}</b>"
        f'<small>mô phỏng {brand} trên máy này · <a href="/">xem trang</a></small></header>'
        f'<main id="lines" data-u="{person}" aria-live="polite">{inner}</main>'
        f'<form method="post" action="/_sim/chat?u={person}" id="cuoi"><input name="text" autocomplete="off" '
        'autofocus required aria-label="Tin nhắn" placeholder="Nhập tin nhắn"><button>Gửi</button></form>'
        f"<script>{_JS}</script></html>"
    )
