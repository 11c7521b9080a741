"""A bulletin as a letter: made once, and for each recipient only its own links put in."""

from __future__ import annotations

import base64
import email.policy
import secrets
from email.headerregistry import HeaderRegistry
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from loa.bulletins import hooks, tokens
from loa.bulletins.models import Bulletin, Item
from loa.bulletins.rules import State
from loa.core import clock
from loa.newsroom.answers import addresses_of

#: stand in the frozen letter where each recipient's own links go
LEAVE, PREFERENCES = "@@HUY-NHAN@@", "@@TUY-CHON@@"
_HEADERS = HeaderRegistry()


def shown_items(bulletin: Bulletin) -> list[dict[str, Any]]:
    """The stories of a bulletin as the letter shows them: those that are public now, each with its address."""
    items = list(
        Item.objects.filter(bulletin=bulletin, story__live=True)
        .select_related("story__unit", "story__topic")
        .order_by("position", "pk")
    )
    addresses = addresses_of([item.story for item in items])
    covers = hooks.covers_of([item.story_id for item in items])
    return [
        {
            "story": item.story,
            "title": item.story.title,
            "lead": item.lead or item.story.lead,
            "unit": item.story.unit.short_name,
            "topic": item.story.topic,
            "date": item.story.published_at,
            "url": addresses[item.story_id],
            "cover": covers.get(item.story_id),
        }
        for item in items
        if item.story_id in addresses
    ]


def paragraphs_of(bulletin: Bulletin) -> list[str]:
    """The opening words."""
    return [part.strip() for part in bulletin.intro.split("\n") if part.strip()]


def compose(bulletin: Bulletin) -> tuple[str, str]:
    """(HTML, plain text) of the bulletin as it stands now, with marks for links of the recipient."""
    mailing_list = bulletin.mailing_list
    home = hooks.home_of(mailing_list.unit_id)
    items = shown_items(bulletin)
    context = {
        "bulletin": bulletin,
        "list": mailing_list,
        "unit": mailing_list.unit,
        "items": items,
        "home": home,
        "paragraphs": paragraphs_of(bulletin),
        "leave": LEAVE,
        "preferences": PREFERENCES,
        "web": hooks.page_of(bulletin) if mailing_list.is_open else "",
    }
    return render_to_string("bulletins/mail.html", context), render_to_string("bulletins/mail.txt", context)


def leave_url(subscription_id: int, base: str = "") -> str:
    """Where one subscription is ended, without a log-in."""
    return hooks.link(reverse("portal:leave", args=[tokens.token("leave", subscription_id)]), base=base)


def preferences_url(subscriber_id: int, base: str = "") -> str:
    """Where a person chooses lists."""
    return hooks.link(reverse("portal:preferences", args=[tokens.token("prefs", subscriber_id)]), base=base)


def _header(name: str, value: str) -> str:
    """A header line (folded, encoded, CRLF at its end)."""
    folded: str = _HEADERS(name, value).fold(policy=email.policy.SMTP)
    return folded


def sender_name(bulletin: Bulletin) -> str:
    """From: the unit's name at the one address letters come from."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name = bulletin.mailing_list.unit.short_name.replace('"', "'")
    return f'"{name}" <{address}>'


class Press:
    """Makes the letters of one bulletin."""

    def __init__(self, bulletin: Bulletin, *, subject: str = "") -> None:
        mailing_list = bulletin.mailing_list
        self._html, self._text = bulletin.html, bulletin.text
        self._from = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self._bounce = settings.LOA_BULLETIN_BOUNCE
        self._boundary = f"loa-{secrets.token_hex(12)}"
        self._head = _header("From", sender_name(bulletin)) + _header("Subject", subject or bulletin.subject)
        if mailing_list.reply_to:
            self._head += _header("Reply-To", mailing_list.reply_to)
        domain = tokens.mail_domain()
        self._head += (
            f"List-Id: <danh-sach-{mailing_list.pk}.{domain}>\r\n"
            "MIME-Version: 1.0\r\n"
            "Precedence: bulk\r\n"
            "Auto-Submitted: auto-generated\r\n"
            f'Content-Type: multipart/alternative; boundary="{self._boundary}"\r\n'
        )

    def sender(self, letter: int) -> str:
        """The envelope's sender: names the letter when there is a box for bounces (VERP)."""
        if not self._bounce:
            return self._from
        name, _at, domain = self._bounce.rpartition("@")
        return f"{name}+thu-tin.{tokens.token('letter', letter)}@{domain}"

    def letter(self, letter: int, address: str, subscription_id: int, subscriber_id: int) -> bytes:
        """The whole letter of one recipient, ready for DATA (without the dot). The address was checked to be ASCII
        without spaces or brackets when it came in (rules.address_of)."""
        leave, preferences = leave_url(subscription_id), preferences_url(subscriber_id)
        head = (
            f"{self._head}"
            f"To: <{address}>\r\n"
            f"Date: {format_datetime(clock.local(clock.now()))}\r\n"
            f"Message-ID: {tokens.message_id(letter)}\r\n"
            # One physical line: folded ones broke signatures of some signers.
            f"List-Unsubscribe: <{leave}>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            "\r\n"
        )
        parts = []
        for kind, text in (("plain", self._text), ("html", self._html)):
            own = text.replace(LEAVE, leave).replace(PREFERENCES, preferences)
            body = base64.encodebytes(own.encode()).replace(b"\n", b"\r\n")
            parts.append(
                f"--{self._boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\n".encode()
                + body
            )
        return b"".join([head.encode("ascii"), *parts, f"--{self._boundary}--\r\n".encode()])


def for_the_screen(bulletin: Bulletin) -> tuple[str, str]:
    """(HTML, text) for a preview: as it will be sent or was; made anew before approval, and when what was approved
    goes to nobody any more. Links lead nowhere."""
    anew = not bulletin.html or (bulletin.overtaken and bulletin.state == State.HELD)
    html, text = compose(bulletin) if anew else (bulletin.html, bulletin.text)
    return (
        html.replace(LEAVE, "#").replace(PREFERENCES, "#"),
        text.replace(LEAVE, "…").replace(PREFERENCES, "…"),
    )
