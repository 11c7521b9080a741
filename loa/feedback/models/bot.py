"""Chat scenarios: a tree of answers the office writes, in versions, and where each chat stands in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.channels.models import ChannelAccount
from loa.core import clock
from loa.feedback.models.inbox import Thread
from loa.org.models import Unit


class Scenario(models.Model):
    """What the chatbot of some accounts says. `tree` is the draft; what runs is `live`."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Tên kịch bản"), max_length=120)
    #: see bot.py
    tree = models.JSONField(default=dict)
    accounts = models.ManyToManyField(ChannelAccount, blank=True, related_name="scenarios")
    live = models.ForeignKey("ScenarioVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: off: people answer everything
    active = models.BooleanField(default=False)
    #: the tree differs from what runs
    changed = models.BooleanField(default=False)
    #: goes up with every change of the draft, so that two editors do not overwrite each other
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ScenarioVersion(models.Model):
    """A tree as it was put to work. Never changed."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    tree = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["scenario", "number"], name="feedback_version_once")]

    def __str__(self) -> str:
        return f"{self.scenario} · {self.number}"


class Chat(models.Model):
    """Where one chat stands in its scenario."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="chat")
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="+")
    node = models.CharField(max_length=40, blank=True)
    #: what the next words are: "", "school", "feedback"
    expects = models.CharField(max_length=12, blank=True)
    misses = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.node}"
