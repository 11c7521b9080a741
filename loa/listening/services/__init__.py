"""Writes of listening: one verb, one function."""

from __future__ import annotations

from .alert_mail import send_alert_mails
from .alerts import alert_close, alert_take, escalate_waiting, watch, watch_all, wish_save
from .analysis import (
    analyse_waiting,
    case_decide,
    item_confirm,
    item_correct,
    item_opened,
    items_listed,
    items_taken,
    learns_from,
)
from .answers import note_stories, read_answers
from .cases import case_merge, case_take_out
from .collect import claim_due, fetch_failed, fetch_stored, store
from .digest_lines import digest_add, digest_clip, digest_take_out
from .digests import (
    digest_approve,
    digest_draft,
    digest_edit,
    digest_plan_save,
    digest_renew,
    digest_send_again,
    draft_due,
    send_digest_mails,
)
from .feeds import TAKEN, feed_moved, listened
from .files import (
    file_confirm,
    file_drop,
    file_looked,
    file_map,
    file_take,
    forget_files,
    line_shown,
    table_of,
    write_next_file,
)
from .health import forget_old_words, sweep_silent
from .heard import catch_up, renew_index
from .intake import heard_changed, heard_gone, heard_taken
from .learning import model_roll_back, teach_itself, train_asked, train_office
from .push import forget_calls, push_oversize, push_secret_changed, push_secret_shown, push_take
from .reading import articles_due, articles_opened
from .reorganised import carry_on, listening_moved, source_stakes
from .search_mail import send_search_mails
from .searches import search_drop, search_looked, search_notify, search_save
from .sources import clipping_add, source_add, source_change, source_fields, source_pause, source_resume
from .staff_zalo import send_alert_zalo, zalo_code, zalo_unlink
from .themes import (
    NOT_YOUR_TOPICS,
    phrases_in,
    reread_topics,
    tell_of_plan_themes,
    theme_save,
    themes_follow,
)

__all__ = [
    "NOT_YOUR_TOPICS",
    "TAKEN",
    "alert_close",
    "alert_take",
    "analyse_waiting",
    "articles_due",
    "articles_opened",
    "carry_on",
    "case_decide",
    "case_merge",
    "case_take_out",
    "catch_up",
    "claim_due",
    "clipping_add",
    "digest_add",
    "digest_approve",
    "digest_clip",
    "digest_draft",
    "digest_edit",
    "digest_plan_save",
    "digest_renew",
    "digest_send_again",
    "digest_take_out",
    "draft_due",
    "escalate_waiting",
    "feed_moved",
    "fetch_failed",
    "fetch_stored",
    "file_confirm",
    "file_drop",
    "file_looked",
    "file_map",
    "file_take",
    "forget_calls",
    "forget_files",
    "forget_old_words",
    "heard_changed",
    "heard_gone",
    "heard_taken",
    "item_confirm",
    "item_correct",
    "item_opened",
    "items_listed",
    "items_taken",
    "learns_from",
    "line_shown",
    "listened",
    "listening_moved",
    "model_roll_back",
    "note_stories",
    "phrases_in",
    "push_oversize",
    "push_secret_changed",
    "push_secret_shown",
    "push_take",
    "read_answers",
    "renew_index",
    "reread_topics",
    "search_drop",
    "search_looked",
    "search_notify",
    "search_save",
    "send_alert_mails",
    "send_alert_zalo",
    "send_digest_mails",
    "send_search_mails",
    "source_add",
    "source_change",
    "source_fields",
    "source_pause",
    "source_resume",
    "source_stakes",
    "store",
    "sweep_silent",
    "table_of",
    "teach_itself",
    "tell_of_plan_themes",
    "theme_save",
    "themes_follow",
    "train_asked",
    "train_office",
    "watch",
    "watch_all",
    "wish_save",
    "write_next_file",
    "zalo_code",
    "zalo_unlink",
]
