"""Counts by day, and what we published ourselves as listening understands it."""

from __future__ import annotations

from django.db import models

from loa.org.models import Unit


class Tally(models.Model):
    """How many relevant items of one day, by what they are about, sort of outlet and tone.

    Kept in step by whoever writes an item's analysis (`figures.write`); items that are forgotten stay counted.
    """

    #: the unit that hears
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    #: day of publication in Việt Nam
    day = models.DateField()
    #: "" everything; "t:code" a topic; "v:pk" a unit that is meant
    about = models.CharField(max_length=48, blank=True)
    outlet = models.CharField(max_length=10)
    tone = models.CharField(max_length=3, blank=True)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "about", "day", "outlet", "tone"], name="listening_tally_once")
        ]
        # all that a list of topics or units sums: answered from the index alone
        indexes = [models.Index(fields=["unit", "day", "about", "tone", "n"], name="listening_tally_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.about} {self.outlet} {self.tone}: {self.n}"


class ToneSum(models.Model):
    """Tallies added up for long looks: everything and topics by the day, units that are meant by the month.

    A year of all topics is five thousand rows instead of a hundred thousand, of all units sixty thousand instead
    of four hundred thousand. Written beside `Tally` in the same breath.
    """

    #: the unit that hears
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    #: as in `Tally`
    about = models.CharField(max_length=48, blank=True)
    #: the day; of units the first of the month
    first = models.DateField()
    pos = models.IntegerField(default=0)
    neu = models.IntegerField(default=0)
    neg = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "about", "first"], name="listening_sum_once")]
        # a list of topics or units is answered from the index alone
        indexes = [
            models.Index(fields=["unit", "first", "about", "pos", "neu", "neg"], name="listening_sum_first")
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.about}: {self.pos} {self.neu} {self.neg}"


class Answer(models.Model):
    """A story of ours that is public: what it is about in the words of listening, to lay beside what was said.

    Made by a listener of the newsroom in the transaction of publishing; a job reads what it is about.
    """

    story = models.OneToOneField("newsroom.Story", on_delete=models.CASCADE, related_name="+")
    #: the unit that published it
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    title = models.CharField(max_length=200)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["at"], name="listening_answer_at"),
            models.Index(fields=["id"], condition=models.Q(read_at=None), name="listening_answer_waiting"),
        ]

    def __str__(self) -> str:
        return self.title


class AnswerAbout(models.Model):
    """One thing that a story of ours is about; `about` as in `Tally`."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="abouts")
    about = models.CharField(max_length=48)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "about"], name="listening_answer_once")]
        indexes = [models.Index(fields=["about", "-at"], name="listening_answer_about")]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.about}"
