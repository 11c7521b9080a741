"""Readers who comment below articles, and what the office does with it: shared by the tests of both."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from loa.channels.inbound import acting
from loa.feedback import services as inbox
from loa.feedback.models import Remark
from loa.feedback.models.moderation import Ground
from loa.portal.comments import services

HOST = {"HTTP_HOST": "songlam.example"}


def path(story, more=""):
    return f"/tin/{story.slug}-{story.pk}/{more}"


def send(story, text="Cơm trưa hôm nay nguội, đề nghị nhà trường kiểm tra.", **more):
    given = {"name": "Một phụ huynh", "agreed": True, "form": services.form_key(story.pk), **more}
    return services.comment_send(story=story, text=text, **given)


def remark_of(row):
    return Remark.objects.select_related("thread").get(external_id=row.key)


def shown(story):
    return Client().get(path(story), **HOST).content.decode()


def settle():
    return acting.drain()


def rule(klass="slander"):
    return Ground.objects.create(
        code=f"thu-{klass}", klass=klass, law="Luật thử", article="Điều 1", text="Cấm bịa đặt",
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip


def refuse(town, row, *, agree=True):
    ruling = inbox.ruling_propose(
        actor=town.editor, remark_id=remark_of(row).pk, klass="slander", deed="hide", ground_id=rule().pk,
        reason="Bịa đặt về cô H.",
    )  # fmt: skip
    inbox.ruling_decide(actor=town.chief, ruling_id=ruling.pk, agree=agree)
    settle()
    ruling.refresh_from_db()
    return ruling
