"""Browsers that asked to be told. Nothing is known of the people before them."""

from __future__ import annotations

from django.db import models

from loa.channels.models import ChannelAccount
from loa.core import clock


class PushSubscription(models.Model):
    """One browser of one account: where its push service takes messages, and the keys only it can read with."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000)
    #: the browser's public key and shared secret, base64url (RFC 8291)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=clock.now)
    #: refusals in a row
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "channels"
        constraints = [models.UniqueConstraint(fields=["account", "endpoint"], name="channels_push_once")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.endpoint[:40]}…"
