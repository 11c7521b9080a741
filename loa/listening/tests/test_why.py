"""Why Loa reads an item as it does: words a unit was known by, what made it ours or not, which model judged."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from loa.listening import services, texts
from loa.listening.models import Item
from loa.listening.readers.model import Found
from loa.listening.services.analysis import analyser
from loa.listening.why import why
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db

FEES = "Phụ huynh bức xúc vì lạm thu ở THCS Sơn Thượng, xã Mường Sai, học sinh lo lắng"
AWAY = "Học sinh một trường tiểu học ở Hà Giang được thầy cô khen"


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def hear(source, text):
    services.store(source, [Found(external=text, title=text)])
    services.analyse_waiting()
    return Item.objects.get(title=text)


def page(user, name, pk, status=200):
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=[pk]))
    assert answer.status_code == status
    return answer.content.decode()


def words(item):
    return {name: [reason.words for reason in reasons] for name, reasons in why(item).groups}


def test_a_unit_is_shown_with_the_words_it_was_known_by_and_how_surely(cast, source):
    item = hear(source, FEES)
    link = item.units.get(unit=cast.school)
    assert link.quote == "thcs sơn thượng"
    sure = f"{round(100 * link.score)}%"
    for user in (cast.office, cast.lead):
        text = page(user, "item", item.pk)
        assert f"nhận ra từ “thcs sơn thượng”, chắc {sure}" in text
        assert "do người thêm" not in text
    page(cast.outsider_lead, "item", item.pk, status=404)
    services.item_correct(actor=cast.office, item=item, field="units", value=f"+{cast.thpt.pk}")
    assert "do người thêm" in page(cast.office, "item", item.pk)


def test_the_words_are_found_with_the_units_and_the_province_that_judge_new_items(cast, source):
    ours, away = hear(source, FEES), hear(source, AWAY)
    said = words(ours)
    assert said["Đơn vị"] == ["thcs sơn thượng"]
    assert "thcs sơn thượng" in said["Về giáo dục"]  # a name is half of what makes it ours
    assert "lạm thu" in said["Lạm thu, các khoản thu"]
    assert "thcs sơn thượng" in page(cast.office, "why", ours.pk)
    assert away.relevant is False
    assert "hà giang" in words(away)["Về giáo dục"]
    assert "hà giang" not in words(hear(source, FEES + ", khác Hà Giang"))["Về giáo dục"]  # it names ours as well
    # a unit founded since is known at once
    late = hear(source, "Học sinh Trường Mầm non Hoa Ban Trắng vui đón bạn mới")
    assert "Đơn vị" not in words(late)
    make_unit("Trường Mầm non Hoa Ban Trắng", cast.primary.kind, cast.xa)
    assert words(late)["Đơn vị"] == ["trường mầm non hoa ban trắng"]


def test_what_another_model_judged_says_so(cast, source):
    item = hear(source, FEES)
    assert item.model == analyser().model
    assert "nên có thể khác" not in page(cast.office, "item", item.pk)
    Item.objects.update(model="bootstrap-1+s:3f2a91+t:77aa00")
    for name in ("item", "why"):
        text = page(cast.office, name, item.pk)
        assert "Tin này do bộ từ bootstrap-1, mô hình sắc thái 3f2a91, mô hình lời lẽ 77aa00 nhận định." in text
        assert f"là theo {texts.model_words(analyser().model)}, đang dùng" in text
    assert "Loa nhận định bằng bộ từ bootstrap-1, mô hình sắc thái 3f2a91" in page(cast.office, "item", item.pk)


def test_of_what_is_forgotten_no_words_are_sought(cast, source):
    item = hear(source, FEES)
    item.forgotten = True
    assert why(item).groups == []
