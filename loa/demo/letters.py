"""Bulletins of the demo: three lists with invented people, one issue that was sent, one that waits for approval."""

from __future__ import annotations

import datetime as dt
import random

from loa.bulletins import services, tokens
from loa.bulletins.models import Bulletin, Delivery, MailingList, Subscriber, Subscription
from loa.bulletins.rules import Letter, State, Why
from loa.bulletins.services.sending import bar_dead
from loa.bulletins.services.subscribers import consent_text
from loa.core import clock
from loa.demo.people import Cast
from loa.lib.vi import slugify_vi
from loa.plans.models import Plan, Topic

#: title, description, people
LISTS = [
    ("Bản tin tuần của Sở", "Sáng thứ Hai hằng tuần: tin nổi bật của toàn ngành trong bảy ngày qua.", 640),
    ("Tin tuyển sinh và thi cử", "Mỗi khi có hướng dẫn, lịch thi hoặc kết quả mới.", 280),
]
NAMES = [
    "lan",
    "hung",
    "mai",
    "thao",
    "dung",
    "hoa",
    "minh",
    "tuan",
    "ngoc",
    "phuong",
    "son",
    "yen",
    "khanh",
    "ha",
]


def write_letters(cast: Cast, plan: Plan, now: dt.datetime, rng: random.Random) -> int:
    """Make lists, people and two issues. Returns how many people subscribe."""
    office, editor, chief = (cast.personas[name] for name in ("phuong", "minh", "ha"))
    so = plan.unit
    exams = Topic.objects.filter(plan=plan, parent=None, title__icontains="tuyển sinh").first()
    made: list[tuple[MailingList, int]] = []
    with clock.frozen(now - dt.timedelta(days=60)):
        for title, description, count in LISTS:
            row = services.list_create(
                actor=office, unit_id=so.pk, title=title, description=description, whole_portal=True,
                draft_on=0 if not made else None, topic_id=exams.pk if made and exams else None,
            )  # fmt: skip
            made.append((row, count))
        school = services.list_create(
            actor=cast.leads[cast.school.pk], unit_id=cast.school.pk,
            title=f"Tin {cast.school.short_name}"[:110], description="Mỗi tháng một thư gửi phụ huynh và học sinh.",
        )  # fmt: skip
        made.append((school, 90))
    people = sum(_people(row, count, now, rng) for row, count in made)
    weekly = made[0][0]
    today = clock.local(now).date()
    monday = today - dt.timedelta(days=today.weekday())
    sent_on = clock.start_of(monday) + dt.timedelta(hours=8, minutes=30)
    if sent_on > now:
        sent_on -= dt.timedelta(days=7)
    with clock.frozen(sent_on):
        issue = services.bulletin_create(actor=editor, list_id=weekly.pk)
        services.bulletin_save(
            actor=editor, bulletin_id=issue.pk, version=0, subject=issue.subject, preheader=issue.preheader,
            intro="Kính gửi quý phụ huynh, thầy cô và các em học sinh,\n\nDưới đây là những việc đáng chú ý của ngành "
            "trong tuần qua. Mời quý vị đọc, và viết lại cho chúng tôi nếu có điều cần hỏi.",
            items=[(item.story_id, item.lead) for item in issue.items.all()],
        )  # fmt: skip
        services.bulletin_submit(actor=editor, bulletin_id=issue.pk)
        issue.refresh_from_db()
        services.bulletin_approve(actor=chief, bulletin_id=issue.pk, version=issue.version)
        services.start_due()
    _sent(issue, sent_on, rng)
    with clock.frozen(now - dt.timedelta(hours=3)):
        waiting = services.bulletin_create(
            actor=editor, list_id=weekly.pk, first=today - dt.timedelta(days=10), last=today
        )
        services.bulletin_submit(actor=editor, bulletin_id=waiting.pk)
    return people


def _people(mailing_list: MailingList, count: int, now: dt.datetime, rng: random.Random) -> int:
    text = consent_text()
    kind = slugify_vi(mailing_list.title)[:12].strip("-")
    subscribers = Subscriber.objects.bulk_create(
        [
            Subscriber(email=email, fingerprint=tokens.fingerprint(email))
            for email in (f"{rng.choice(NAMES)}{n}.{kind}@thu.songlam.example" for n in range(1, count + 1))
        ]
    )
    rows = []
    for subscriber in subscribers:
        moment = now - dt.timedelta(days=rng.randint(11, 55), minutes=rng.randint(0, 1400))
        state = rng.choices(["active", "pending", "left"], [93, 3, 4])[0]
        rows.append(
            Subscription(
                mailing_list=mailing_list, subscriber=subscriber, state=state, asked_at=moment, consent_text=text,
                consent_at=None if state == "pending" else moment + dt.timedelta(minutes=rng.randint(1, 90)),
                ended_at=moment + dt.timedelta(days=8) if state == "left" else None,
                ended_how="one_click" if state == "left" else "",
            )
        )  # fmt: skip
    Subscription.objects.bulk_create(rows)
    return count


def _sent(issue: Bulletin, at: dt.datetime, rng: random.Random) -> None:
    """What a mail server would have answered, into the ledger and the counters in one go."""
    letters = list(Delivery.objects.filter(bulletin=issue).order_by("pk"))
    for letter in letters:
        letter.state, letter.code, letter.attempts = Letter.SENT, 250, 1
        letter.settled_at = at + dt.timedelta(seconds=rng.randint(1, 40))
    dead, full, left = letters[17::97], letters[40::160], letters[60::210]
    for letter in dead:
        letter.state, letter.why, letter.code, letter.reply = Letter.FAILED, Why.REFUSED, 550, "5.1.1 User unknown"
    for letter in full:
        letter.state, letter.why, letter.code, letter.reply = Letter.FAILED, Why.GAVE_UP, 452, "4.2.2 Mailbox full"
        letter.attempts = 6
    for letter in left:
        letter.state, letter.why, letter.code = Letter.SKIPPED, Why.LEFT, 0
    Delivery.objects.bulk_update(letters, ["state", "why", "code", "reply", "attempts", "settled_at"])
    Subscription.objects.filter(pk__in=[letter.subscription_id for letter in left]).update(
        state="left", ended_at=at, ended_how="one_click"
    )
    bar_dead([letter.subscription_id or 0 for letter in dead])
    states = [letter.state for letter in letters]
    Bulletin.objects.filter(pk=issue.pk).update(
        state=State.SENT, waiting=0, finished_at=at + dt.timedelta(seconds=41), sent=states.count(Letter.SENT),
        failed=states.count(Letter.FAILED), skipped=states.count(Letter.SKIPPED),
    )  # fmt: skip
