"""The small web page of the mail server: what has come in, letter by letter."""

from __future__ import annotations

import asyncio
import email
import email.policy
import html
import json
import re
from email.message import EmailMessage
from urllib.parse import urlsplit

from loa.bulletins.sim.server import Letter, Sink

_STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#221d2e;"
    "background:#fcfbf8}table{width:100%;border-collapse:collapse}a{color:#3b2a6b}"
    "th,td{padding:8px 10px;border-top:1px solid #d9d2ef;text-align:left;overflow-wrap:anywhere}"
    "iframe{width:100%;height:44rem;border:1px solid #bbb;background:#fff}"
    "button{font:inherit;padding:8px 14px;border:1px solid #3b2a6b;border-radius:8px;background:#fff;"
    "color:#3b2a6b;cursor:pointer}pre{white-space:pre-wrap;overflow-wrap:anywhere}"
    "dl{display:flex;flex-wrap:wrap;gap:.4rem 2rem}"
    "dt{color:#5c5668}dd{margin:0;font-weight:600}dl div{display:flex;gap:.5rem}"
)
_LINK = re.compile(r"https?://(?:[^\s&<>']|&amp;)*[^\s&<>'.,;:)]")
_NAMES = {
    "taken": "Thư đã nhận", "doubled": "Nhận hai lần", "connections": "Kết nối", "refused_4xx": "Từ chối tạm thời",
    "refused_5xx": "Từ chối hẳn", "dropped_before": "Đứt trước khi nhận", "dropped_after": "Đứt sau khi nhận",
}  # fmt: skip


async def serve(sink: Sink, host: str, port: int) -> tuple[asyncio.Server, int]:
    """Start the page; returns the server and its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            path = urlsplit(request.split(b" ", 2)[1].decode(errors="replace")).path
            status, kind, body = respond(sink, path)
            head = (
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
                "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, IndexError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, host, port)
    return server, int(server.sockets[0].getsockname()[1])


def respond(sink: Sink, path: str) -> tuple[str, str, bytes]:
    """(status, media type, body) of one address: /, /<n>, /<n>/html, /stats.json."""
    if path == "/favicon.ico":
        return "204 No Content", "image/x-icon", b""
    if path == "/stats.json":
        return "200 OK", "application/json", json.dumps(dict(sink.counts)).encode()
    if path == "/":
        return "200 OK", "text/html", _page("Thư đã nhận", _list(sink))
    number, _slash, part = path.strip("/").partition("/")
    letter = sink.letters.get(int(number)) if number.isdigit() and len(number) < 12 else None
    if letter is None:
        return "404 Not Found", "text/html", _page("Không có thư này", "<p><a href='/'>Tất cả thư</a></p>")
    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    if part == "html":
        # What is clicked in a letter opens beside it, as in a mail program.
        return "200 OK", "text/html", b'<base target="_blank">' + _part(message, "html").encode()
    return "200 OK", "text/html", _page(str(message["subject"] or "(không tiêu đề)"), _letter(letter, message))


def _page(title: str, body: str) -> bytes:
    safe = html.escape(title)
    return (
        f"<!DOCTYPE html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{safe}</title><style>{_STYLE}</style><h1>{safe}</h1>{body}"
    ).encode()


def _list(sink: Sink) -> str:
    figures = "".join(f"<div><dt>{name}</dt><dd>{sink.counts[key]}</dd></div>" for key, name in _NAMES.items())
    rows = []
    for letter in reversed(sink.letters.values()):
        message = email.message_from_bytes(letter.data[:8192], policy=email.policy.default)
        rows.append(
            f"<tr><td>{letter.number}<td>{html.escape(', '.join(letter.recipients))}"
            f"<td><a href='/{letter.number}'>{html.escape(str(message['subject'] or '(không tiêu đề)'))}</a>"
            f"<td>{html.escape(str(message['from'] or ''))}"
        )
    table = (
        f"<table><tr><th>Số<th>Gửi đến<th>Tiêu đề<th>Từ{''.join(rows)}</table>"
        if rows
        else "<p>Chưa có thư nào.</p>"
    )
    return f"<dl>{figures}</dl>{table}"


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body(preferencelist=(kind,))
    return str(found.get_content()) if found is not None else ""


def _one_click(message: EmailMessage) -> str:
    """The button a mail program shows for RFC 8058: one POST to the address in List-Unsubscribe, nothing asked."""
    found = re.search(r"<(https?://[^>]+)>", str(message["list-unsubscribe"] or ""))
    if found is None or "One-Click" not in str(message["list-unsubscribe-post"] or ""):
        return ""
    return (
        f"<form method='post' action='{html.escape(found[1])}' target='_blank'>"
        "<input type='hidden' name='List-Unsubscribe' value='One-Click'>"
        "<p><button>Bỏ đăng ký</button> nút của hộp thư, gửi đúng như Gmail gửi (RFC 8058)</p></form>"
    )


def _letter(letter: Letter, message: EmailMessage) -> str:
    heads = "".join(f"<tr><th>{html.escape(name)}<td>{html.escape(str(value))}" for name, value in message.items())
    text = _LINK.sub(
        r"<a href='\g<0>' target='_blank' rel='noopener'>\g<0></a>", html.escape(_part(message, "plain"))
    )
    return (
        f"<p><a href='/'>Tất cả thư</a></p>{_one_click(message)}"
        "<iframe sandbox='allow-popups allow-popups-to-escape-sandbox' "
        f"src='/{letter.number}/html' title='Thư'></iframe>"
        f"<h2>Bản chữ</h2><pre>{text}</pre><h2>Đầu thư</h2><table>{heads}</table>"
    )
