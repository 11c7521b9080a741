"""Writes of the channels: posts and what becomes of them, changes to what is out, accounts, holds."""

from __future__ import annotations

from loa.channels.services.accounts import (
    account_check,
    account_connect,
    account_save,
    check_accounts,
    check_ahead,
    facts_kept,
)
from loa.channels.services.broadcasts import broadcast_approve, broadcast_ask, broadcast_decline
from loa.channels.services.changes import (
    delivery_by_hand,
    delivery_review,
    may_be_by_hand,
    post_edit,
    post_take_down,
    source_correct,
    source_picture_gone,
    source_withdraw,
)
from loa.channels.services.connecting import (
    connect_begin,
    connect_finish,
    connect_take,
    connection_for,
    forget_connections,
    grants_of,
)
from loa.channels.services.holds import hold_begin, hold_end
from loa.channels.services.links import followed as link_followed
from loa.channels.services.links import tracked
from loa.channels.services.lives import live_begin, live_end, live_look, live_make, live_try
from loa.channels.services.measuring import measure, measure_due, place_due
from loa.channels.services.posts import (
    after_sent,
    delivery_cancel,
    delivery_decide,
    delivery_retry,
    film_fits,
    overtaken,
    post_queue,
    reached,
)
from loa.channels.services.retiring import account_retire, account_reuse, page_stakes, pages_moved
from loa.channels.services.templates import forget_receivers, template_send, templates_sync
from loa.channels.services.videos import video_add, video_withdraw

__all__ = [
    "account_check",
    "account_connect",
    "account_retire",
    "account_reuse",
    "account_save",
    "after_sent",
    "broadcast_approve",
    "broadcast_ask",
    "broadcast_decline",
    "check_accounts",
    "check_ahead",
    "connect_begin",
    "connect_finish",
    "connect_take",
    "connection_for",
    "delivery_by_hand",
    "delivery_cancel",
    "delivery_decide",
    "delivery_retry",
    "delivery_review",
    "facts_kept",
    "film_fits",
    "forget_connections",
    "forget_receivers",
    "grants_of",
    "hold_begin",
    "hold_end",
    "link_followed",
    "live_begin",
    "live_end",
    "live_look",
    "live_make",
    "live_try",
    "may_be_by_hand",
    "measure",
    "measure_due",
    "overtaken",
    "page_stakes",
    "pages_moved",
    "place_due",
    "post_edit",
    "post_queue",
    "post_take_down",
    "reached",
    "source_correct",
    "source_picture_gone",
    "source_withdraw",
    "template_send",
    "templates_sync",
    "tracked",
    "video_add",
    "video_withdraw",
]
