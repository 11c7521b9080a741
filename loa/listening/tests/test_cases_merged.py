"""Cases are merged: what stands on the one that goes is of the one that stays."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core.errors import Conflict
from loa.core.registry import Registry
from loa.listening import services
from loa.listening.digest.gather import said_before
from loa.listening.models import Case, Digest, DigestLine, Item, Spike
from loa.listening.tests.morning import MORNING, PRAISE

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def pair(cast, digest):
    """The case of the draft, and one of another article that is a story there too."""
    first = Case.objects.get()
    praise = Item.objects.get(title=PRAISE)
    second = Case.objects.create(
        unit=cast.so, title=PRAISE, first_at=praise.published_at, last_at=praise.published_at, size=1
    )
    Item.objects.filter(pk=praise.pk).update(case=second)
    line = DigestLine.objects.get(digest=digest, case=first)
    DigestLine.objects.create(digest=digest, number=90, case=second, story=True, title=PRAISE, at=line.at)
    return first, second


def test_spikes_and_lines_of_digests_are_of_the_case_that_stays(cast, digest, pair):
    first, second = pair
    spike = Spike.objects.create(
        unit=cast.so, about="t:thi-cu", began_at=MORNING - HOUR, ended_at=MORNING, items=3, expected=0, strength=6,
        peak=3, case=second,
    )  # fmt: skip
    heard = []
    doors = Registry("doors")
    doors.register("above", lambda **given: heard.append((given["case"].pk, given["into"].pk)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loa.listening.services.cases.cases_merged", doors)
        services.case_merge(actor=cast.office, case=second, into=first)
    spike.refresh_from_db()
    assert spike.case == first
    assert set(digest.lines.filter(story=True).values_list("case", flat=True)) == {first.pk}
    assert heard == [(second.pk, first.pk)]
    with pytest.raises(Conflict):
        services.case_merge(actor=cast.office, case=second, into=first)
    assert len(heard) == 1


def test_the_month_says_what_was_written_about_either(cast, digest, pair):
    first, second = pair
    lines = {line.case_id: line for line in digest.lines.filter(story=True)}
    for case, words in ((first, "Trường đã trả tiền."), (second, "Sở đã khen.")):
        lines[case.pk].text = words
        lines[case.pk].save()
    Digest.objects.update(state="approved")
    services.case_merge(actor=cast.office, case=second, into=first)
    said = said_before(cast.so.pk, MORNING - 24 * HOUR, MORNING + HOUR)
    assert said.stories == {first.pk: "Trường đã trả tiền. Sở đã khen."}
