"""Every periodic job of Loa, in one table."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from loa.core.jobs import Periodic

SCHEDULE: list[Periodic] = [
    Periodic("figures", "loa.console.tasks.refresh_all_figures", every=dt.timedelta(hours=1)),
    Periodic("close-plans", "loa.plans.tasks.close_ended_plans", every=dt.timedelta(hours=24)),
    Periodic("bulletins", "loa.bulletins.tasks.tend", every=dt.timedelta(seconds=5)),
    Periodic("bulletins-draft", "loa.bulletins.tasks.draft_weekly", every=dt.timedelta(hours=1)),
    Periodic("bulletins-forget", "loa.bulletins.tasks.forget", every=dt.timedelta(hours=12)),
    Periodic("press", "loa.press.tasks.tend", every=dt.timedelta(seconds=10)),
    Periodic("websub", "loa.portal.tasks.websub", every=dt.timedelta(seconds=5)),
    # Hourly, so that what takes effect today stands soon after midnight; one query on most days.
    Periodic("apply-changes", "loa.plans.tasks.apply_changes", every=dt.timedelta(hours=1)),
    Periodic("clear-sessions", "loa.core.tasks.clear_sessions", every=dt.timedelta(hours=6)),
    Periodic("prune-jobs", "loa.core.tasks.prune_jobs", every=dt.timedelta(hours=6)),
    Periodic("publish-stories", "loa.newsroom.tasks.publish_due", every=dt.timedelta(seconds=20)),
    Periodic("pass-stories", "loa.newsroom.tasks.pass_stuck", every=dt.timedelta(hours=1)),
    Periodic("idle-accounts", "loa.accounts.tasks.close_idle_accounts", every=dt.timedelta(hours=12)),
    # Often, so that hours people choose are kept; one query when nobody's has come.
    Periodic("remind", "loa.reminders.tasks.remind", every=dt.timedelta(minutes=5)),
    Periodic("reminders-tidy", "loa.reminders.tasks.tidy", every=dt.timedelta(hours=1)),
    # Hourly, so that the new day's names stand soon after midnight; costs one query on most days.
    Periodic("org-today", "loa.org.tasks.today", every=dt.timedelta(hours=1)),
    Periodic("listen-collect", "loa.listening.tasks.collect", every=dt.timedelta(seconds=30)),
    Periodic("listen-articles", "loa.listening.tasks.read_articles", every=dt.timedelta(seconds=30)),
    Periodic("listen-analyse", "loa.listening.tasks.analyse", every=dt.timedelta(seconds=30)),
    Periodic("listen-watch", "loa.listening.tasks.watch", every=dt.timedelta(minutes=5)),
    Periodic("listen-digests", "loa.listening.tasks.draft_digests", every=dt.timedelta(minutes=5)),
    Periodic("listen-mail", "loa.listening.tasks.mail_alerts", every=dt.timedelta(minutes=1)),
    # Files are written at once; this finds what a worker that died left.
    Periodic("listen-files", "loa.listening.tasks.write_files", every=dt.timedelta(minutes=2)),
    Periodic("listen-silent", "loa.listening.tasks.sweep", every=dt.timedelta(minutes=1)),
    # One query once it is done.
    Periodic("listen-index", "loa.listening.tasks.renew_index", every=dt.timedelta(minutes=5)),
    Periodic("listen-learn", "loa.listening.tasks.teach_itself", every=dt.timedelta(days=7)),
    Periodic("listen-forget", "loa.listening.tasks.forget", every=dt.timedelta(hours=24)),
    Periodic("inbox-remind", "loa.feedback.tasks.remind", every=dt.timedelta(minutes=1)),
    Periodic("comments-tidy", "loa.portal.comments.tasks.tidy", every=dt.timedelta(hours=12)),
    Periodic("inbox-forget", "loa.feedback.tasks.forget", every=dt.timedelta(hours=24)),
    # In the demo often, so that who writes below a film of the stand-in soon sees it arrive.
    Periodic(
        "channels-catch-up",
        "loa.channels.tasks.catch_up",
        every=dt.timedelta(seconds=30) if settings.LOA_DEMO else dt.timedelta(minutes=10),
    ),
    Periodic("channels-subscribe", "loa.channels.tasks.subscribe", every=dt.timedelta(hours=24)),
    Periodic("channels-forget", "loa.channels.tasks.forget_events", every=dt.timedelta(hours=12)),
    Periodic("measure-posts", "loa.channels.tasks.measure", every=dt.timedelta(minutes=10)),
    Periodic("sms-reports", "loa.channels.tasks.ask_sms", every=dt.timedelta(minutes=10)),
    Periodic("check-channels", "loa.channels.tasks.check_accounts", every=dt.timedelta(minutes=10)),
]
# Only where there is a box: a job that finds nothing to read would stand in the list of jobs all day.
if settings.LOA_BOUNCE_IMAP_HOST:
    SCHEDULE.append(
        Periodic("bulletins-bounces", "loa.bulletins.tasks.read_returned", every=dt.timedelta(minutes=10))
    )
