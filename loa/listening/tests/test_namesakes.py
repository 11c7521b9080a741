"""Two schools of one name: none is written down by guess; where it was said tells them apart, or a person."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.core.heard import Heard
from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.models import Correction, Item, ItemUnit
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db

SAID = "Phụ huynh Trường THCS Trần Phú bức xúc vì lạm thu, học sinh lo lắng"


@pytest.fixture
def two(cast):
    """Trần Phú in Mường Sai and in Hạ Long."""
    other = make_unit("Xã Hạ Long", Kind.UBND_XA, cast.so)
    return [make_unit("Trường THCS Trần Phú", Kind.THCS, parent) for parent in (cast.xa, other)]


def source(cast, unit, outlet="local"):
    return services.source_add(actor=cast.office, unit=unit, name=f"Nguồn {outlet}", kind="hand", outlet=outlet)


def hear(made, text, outlet=""):
    services.store(made, [Found(external=text + outlet, title=text, outlet=outlet, published_at=clock.now())])
    services.analyse_waiting()
    return Item.objects.latest("pk")


def meant(item):
    return list(item.units.values_list("unit", flat=True))


def page(user, item, status=200):
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("listening:item", args=[item.pk]))
    assert answer.status_code == status
    return answer.content.decode()


def test_a_name_two_schools_have_is_written_on_neither(cast, two):
    made = source(cast, cast.so)
    item = hear(made, SAID)
    assert (item.relevant, meant(item)) == (True, [])
    assert meant(hear(made, SAID + ", xã Hạ Long")) == [two[1].pk]
    assert ItemUnit.objects.count() == 1


def test_one_tap_says_which_it_is(cast, two):
    item = hear(source(cast, cast.so), SAID)
    text = page(cast.office, item)
    assert "Chưa rõ trường nào" in text
    assert [f'value="+{one.pk}"' in text for one in two] == [True, True]
    client = Client()
    client.force_login(cast.office)
    client.post(reverse("listening:correct", args=[item.pk]), {"muc": "units", "gia-tri": f"+{two[0].pk}"})
    assert meant(item) == [two[0].pk]
    assert "Chưa rõ trường nào" not in page(cast.office, item)
    assert Correction.objects.count() == 1
    page(cast.lead, item, status=404)


def test_the_page_of_a_school_or_commune_means_its_own_neighbourhood(cast, two):
    for unit, named in ((two[1], two[1]), (cast.school, two[0]), (two[1].parent, two[1])):
        services.heard_taken(
            Heard(unit_id=unit.pk, origin="facebook", place="Trang", key=f"k{unit.pk}", text=SAID, at=clock.now())
        )
        services.analyse_waiting()
        assert meant(Item.objects.latest("pk")) == [named.pk]


def test_the_name_of_a_group_tells_where_and_that_of_a_paper_does_not(cast, two):
    group, paper = source(cast, cast.so, "social"), source(cast, cast.so, "press")
    assert meant(hear(group, SAID, outlet="Hội phụ huynh Hạ Long")) == [two[1].pk]
    assert meant(hear(paper, SAID + " quá", outlet="Hạ Long")) == []
