"""Jobs: ids in, a service or the engine called."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.bulletins import hooks, returned, tokens
from loa.bulletins.engine import run
from loa.bulletins.engine.mail import compose, for_the_screen, preferences_url, sender_name
from loa.bulletins.models import Bulletin, FormUse, MailingList, Subscriber
from loa.bulletins.services.composing import draft_due_lists
from loa.bulletins.services.sending import start_due
from loa.bulletins.services.subscribers import forget_old
from loa.core import clock
from loa.core.jobs import Retry, job

#: seconds one job sends before it lets others have their turn
SLICE = 20


@job(retry=Retry(attempts=5, first=dt.timedelta(seconds=30)))
def send_confirmation(subscriber_id: int, list_ids: list[int]) -> None:
    """The letter that asks whether the owner of an address wants these lists. Never says whether it is known."""
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    lists = list(MailingList.objects.filter(pk__in=list_ids, active=True).select_related("unit"))
    if subscriber is None or not lists:
        return
    base = hooks.home_of(lists[0].unit_id)
    path = reverse("portal:confirm", args=[tokens.confirm_token(subscriber.pk, [row.pk for row in lists])])
    context = {
        "lists": lists,
        "url": hooks.link(path),
        "days": tokens.CONFIRM_FOR // 86400,
        "home": base,
        "unit": lists[0].unit,
        "preferences": preferences_url(subscriber.pk),
    }
    send_mail(
        _("Xác nhận đăng ký nhận tin: %s") % lists[0].title,
        render_to_string("bulletins/confirm.txt", context),
        None,
        [subscriber.email],
        html_message=render_to_string("bulletins/confirm_mail.html", context),
    )


@job(retry=Retry(attempts=3))
def send_test(bulletin_id: int, user_id: int) -> None:
    """The bulletin as it stands to one of its editors."""
    bulletin = Bulletin.objects.select_related("mailing_list__unit").get(pk=bulletin_id)
    user = get_user_model().objects.get(pk=user_id)
    if not bulletin.html:
        bulletin.html, bulletin.text = compose(bulletin)
    html, text = for_the_screen(bulletin)
    mail = EmailMultiAlternatives(_("[Thử] %s") % bulletin.subject, text, sender_name(bulletin), [user.email])
    mail.attach_alternative(html, "text/html")
    mail.send()


@job()
def tend() -> None:
    """Every few seconds: settle what was left behind, start what is due, send for a while."""
    run.recover()
    start_due()
    due = run.due_bulletins()
    if not due:
        return
    if sum(row.waiting for row in due) > 5 * run.BATCH:
        for _n in range(settings.LOA_BULLETIN_HANDS - 1):
            lend_a_hand.enqueue()
    run.send_for(SLICE)
    if any(row.waiting > run.BATCH for row in run.due_bulletins()):
        tend.enqueue()


@job()
def lend_a_hand() -> None:
    """Another process sends beside `tend`."""
    run.send_for(SLICE)


@job(title=gettext_lazy("Đọc thư báo lỗi của bản tin"))
def read_returned() -> None:
    """Reports of letters that did not arrive, from the box of the settings. A box that cannot be opened fails the
    job, so that the system page says so; the next one tries again."""
    returned.count(returned.from_imap())


@job()
def draft_weekly() -> None:
    """Drafts of lists whose day it is."""
    draft_due_lists()


@job()
def forget() -> None:
    """Unconfirmed addresses after a week, counts of the form after two days, people on no list after a year."""
    FormUse.objects.filter(hour__lt=clock.now() - dt.timedelta(days=2)).delete()
    forget_old()
