"""The mail server one can look at: letters outlive it, links open outside, the button of RFC 8058 works."""

from __future__ import annotations

from email.message import EmailMessage

from loa.bulletins.sim import page
from loa.bulletins.sim.server import KEEP, Sink

LEAVE = "http://localhost:8000/ban-tin/roi/abc/"


def _letter(
    subject: str = "Bản tin tuần", *, leave: str = LEAVE, post: str = "List-Unsubscribe=One-Click"
) -> bytes:
    message = EmailMessage()
    message["Subject"], message["Message-ID"] = subject, f"<{len(subject)}.{abs(hash(subject))}@songlam.example>"
    if leave:
        message["List-Unsubscribe"] = f"<mailto:roi@songlam.example>, <{leave}>"
    if post:
        message["List-Unsubscribe-Post"] = post
    message.set_content("Đọc tại https://songlam.example/tin?a=1&b=2.\n<script>")
    message.add_alternative("<p><a href='https://songlam.example/'>Đọc</a></p>", subtype="html")
    return message.as_bytes().replace(b"\n", b"\r\n")


def _page(sink: Sink, path: str) -> str:
    status, _kind, body = page.respond(sink, path)
    assert status == "200 OK"
    return body.decode()


def test_letters_outlive_the_program(tmp_path):
    first = Sink(folder=tmp_path)
    first.take("so@songlam.example", ["lan@thu.example", "mai@thu.example"], _letter())
    again = Sink(folder=tmp_path)
    assert again.letters == first.letters
    assert again.letters[1].recipients == ["lan@thu.example", "mai@thu.example"]
    again.take("so@songlam.example", ["ha@thu.example"], _letter())
    assert (again.total, again.doubled) == (2, 1)
    assert "lan@thu.example, mai@thu.example" in _page(again, "/")


def test_only_the_newest_are_kept(tmp_path):
    sink = Sink(folder=tmp_path)
    for number in range(KEEP + 3):
        sink.take("so@songlam.example", ["lan@thu.example"], _letter(f"Thư {number}"))
    assert len(list(tmp_path.glob("*.eml"))) == KEEP
    again = Sink(folder=tmp_path)
    assert min(again.letters) == 4
    assert again.total == KEEP + 3


def test_the_button_of_the_mail_program_and_links():
    sink = Sink()
    sink.take("so@songlam.example", ["lan@thu.example"], _letter())
    shown = _page(sink, "/1")
    assert f"<form method='post' action='{LEAVE}' target='_blank'>" in shown
    assert "name='List-Unsubscribe' value='One-Click'" in shown
    # The address of the plain part is whole; the full stop behind it is none of it.
    assert "<a href='https://songlam.example/tin?a=1&amp;b=2' " in shown
    assert "<script>" not in shown
    assert _page(sink, "/1/html").startswith('<base target="_blank">')


def test_no_button_without_one_click():
    sink = Sink()
    sink.take("so@songlam.example", ["lan@thu.example"], _letter(post=""))
    sink.take("so@songlam.example", ["lan@thu.example"], _letter(leave="javascript:alert(1)"))
    assert "<form" not in _page(sink, "/1")
    assert "<form" not in _page(sink, "/2")
