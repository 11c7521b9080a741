"""Of several units the one at the top stands first, whichever database orders them."""

from __future__ import annotations

import pytest

from loa.channels.models import ChannelAccount, Health
from loa.core.errors import Conflict
from loa.listening import services
from loa.listening.access import kept_unit
from loa.listening.models import SavedSearch, Source, ZaloLink
from loa.listening.services.staff_zalo import office_oa
from loa.listening.tests.test_alerts import get, post
from loa.org.rules import Role
from loa.org.tests.factories import make_user

pytestmark = pytest.mark.django_db


def oa(unit):
    Source.objects.create(unit=unit, name=f"OA {unit.short_name}", kind="ours", outlet="own", keep_days=180)
    return ChannelAccount.objects.create(kind="zalo", unit=unit, name=unit.short_name, external_id=str(unit.pk))


def test_staff_hear_by_the_oa_of_the_unit_at_the_top(cast):
    oa(cast.school)
    top = oa(cast.so)
    assert office_oa() == top


def test_the_oa_of_a_school_writes_to_no_staff(cast):
    oa(cast.school)
    ChannelAccount.objects.filter(pk=oa(cast.so).pk).update(health=Health.BROKEN)
    assert office_oa() is None
    with pytest.raises(Conflict, match="chưa kết nối Zalo OA"):
        services.zalo_code(actor=cast.office)
    assert not ZaloLink.objects.exists()


@pytest.fixture
def both(cast):
    """Somebody who keeps listening for a school and for the Sở."""
    for unit in (cast.school, cast.so):
        Source.objects.create(unit=unit, name=f"Báo {unit.pk}", kind="hand", outlet="local", keep_days=90)
    return make_user("Lý Thị Mỷ", (Role.FOCAL, cast.school), (Role.FOCAL, cast.so))


def test_digests_and_shared_searches_are_of_the_unit_at_the_top(cast, both):
    assert kept_unit(both) == cast.so
    assert "Điểm báo" in get(both, "digests")
    assert post(both, "search_save", ten="Thu chi", q="thu", chung="1").status_code == 302
    assert SavedSearch.objects.get().unit == cast.so
