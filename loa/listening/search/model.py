"""The row of an item in the index, and searches that people keep."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.org.models import Unit


class Entry(models.Model):
    """An item in the index. The key begins with the item's time: "newest first" is the order of the key.

    The words lie in what `schema.py` adds: an FTS5 table joined by this key, or a tsvector column.
    """

    id = models.BigIntegerField(primary_key=True)
    item = models.OneToOneField("listening.Item", on_delete=models.CASCADE, related_name="entry")

    def __str__(self) -> str:
        return str(self.id)


class IndexState(models.Model):
    """One row: which form the entries of the index have, and how far they have been brought to the present one."""

    #: the `marks.FORM` that every entry has at least; 0: not known
    form = models.PositiveIntegerField(default=0)
    #: the form they are being brought to
    towards = models.PositiveIntegerField(default=0)
    #: the highest key of an entry that has it already
    done_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.form} → {self.towards}"


class SavedSearch(models.Model):
    """A query and filters under a name: one person's, or (`unit`) of everybody who listens for a unit."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: shared with those who may read what this unit hears; None: the owner's alone
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("Tên"), max_length=80)
    #: parameters of the stream's address, cleaned (`selectors.StreamFilter.params`)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["owner"], name="listening_search_owner")]

    def __str__(self) -> str:
        return self.name


class Follow(models.Model):
    """What a person wants of a saved search: when they looked last, whether they are told of new items."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField(default=clock.now)
    #: new items since then
    fresh = models.PositiveIntegerField(default=0)
    notify = models.BooleanField(default=False)
    #: also by mail, gathered
    mail = models.BooleanField(default=False)
    #: new items since the last letter
    unmailed = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "user"], name="listening_follow_once")]
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(mail=True, unmailed__gt=0), name="listening_follow_mail"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.search_id}"
