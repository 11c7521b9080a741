"""What readers say below an article (ý kiến bạn đọc): read before it is shown, answered, never quietly dropped.

An article is to the inbox what a post on Facebook is: what is written below it becomes a thread there by the same
doors (`channels.inbound.reading.tell`), and what the office does with it comes back as an action (`talk.py`).
"""

from __future__ import annotations


def register() -> None:
    """Called in `ready()`."""
    from django.utils.translation import gettext_lazy as _

    from loa.channels.inbound.door import own_talks
    from loa.channels.kinds import Face, own_pages
    from loa.channels.places import Place
    from loa.channels.places import register as sealed_at
    from loa.feedback.hooks import words_gone
    from loa.newsroom.answers import beside
    from loa.portal.comments import services, staff_links, talk, texts
    from loa.portal.comments.rules import KIND

    texts.register()
    sealed_at(Place("portal.Comment", "mail"))
    own_talks.register(KIND, talk)
    own_pages.register(KIND, Face(KIND, _("Cổng"), "globe"))
    words_gone.register("portal.comments", services.words_gone)
    beside.register("portal.comments", staff_links.beside)
