"""The office's topics: changed, added, tried, made from a plan; what was heard follows; others' news."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.messages import messages
from loa.lib.nlp import Analyser
from loa.lib.nlp.provinces import elsewhere, provinces
from loa.listening import selectors, services, themes, units
from loa.listening.figures import read
from loa.listening.hints import hints
from loa.listening.models import Item, Theme
from loa.listening.readers.model import Found
from loa.listening.services.analysis import analyser
from loa.org.services import alias_add, alias_remove
from loa.plans.events import directives_in_force, emit
from loa.plans.models import Plan, Topic
from loa.plans.tests.factories import make_plan, make_topic

pytestmark = pytest.mark.django_db

SWIM = "Trường THCS Sơn Thượng mở lớp dạy bơi miễn phí cho học sinh trong bể bơi lưu động"


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


@pytest.fixture
def heard(source):
    services.store(source, [Found(external=SWIM, title=SWIM)])
    services.analyse_waiting()
    return Item.objects.get()


def call(user, view, *args, status=200, method="get", **data):
    client = Client()
    if user:
        client.force_login(user)
    answer = getattr(client, method)(reverse(f"listening:{view}", args=args), data)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def topics(item):
    return {row.code for row in item.topics.all()}


def test_a_topic_of_the_office_counts_for_what_was_heard_and_what_comes(
    cast, source, heard, django_capture_on_commit_callbacks
):
    assert "day-boi" not in topics(heard)
    with django_capture_on_commit_callbacks(execute=True):
        row = services.theme_save(actor=cast.office, name="Dạy bơi", phrases="dạy bơi\nBể bơi lưu động, dạy bơi")
    assert (row.code, row.listed) == ("day-boi", ["dạy bơi", "bể bơi lưu động"])
    assert "day-boi" in topics(heard)  # by the job
    assert services.reread_topics() == 0
    today = clock.today()
    assert read.by_topic(cast.office, today, today)["day-boi"].total == 1
    assert "Dạy bơi" in call(cast.office, "stream", **{"chu-de": "day-boi"})
    assert "Dạy bơi" in call(cast.office, "topic", "day-boi")
    more = "Học sinh xã vùng cao hào hứng học dạy bơi ở trường"
    services.store(source, [Found(external=more, title=more)])
    services.analyse_waiting()
    assert "day-boi" in topics(Item.objects.latest("pk"))
    assert LogEntry.objects.filter(action="listening.theme.saved").exists()
    # let go: new items have it no more, what a person set stays
    services.item_correct(actor=cast.office, item=heard, field="topics", value="+khen-thuong")
    with django_capture_on_commit_callbacks(execute=True):
        services.theme_save(actor=cast.office, code="day-boi", name="Dạy bơi", phrases="", active=False)
    services.reread_topics()
    assert topics(heard) >= {"day-boi", "khen-thuong"}
    assert "day-boi" not in topics(Item.objects.latest("pk"))
    assert "day-boi" not in dict(themes.active_names())
    assert themes.topic_names()["day-boi"] == "Dạy bơi"


def test_what_cannot_be_saved_is_told(cast, django_capture_on_commit_callbacks):
    for name, phrases in (("", "dạy bơi"), ("Dạy bơi", ""), ("Dạy bơi", "ab")):
        with pytest.raises(InvalidInput):
            services.theme_save(actor=cast.office, name=name, phrases=phrases)
    with pytest.raises(InvalidInput):
        services.theme_save(actor=cast.office, code="khong-co", name="Dạy bơi", phrases="dạy bơi")
    with pytest.raises(Conflict):
        services.theme_save(actor=cast.office, name="Tuyển sinh", phrases="tuyển sinh")
    with pytest.raises(Refused):
        services.theme_save(actor=cast.lead, name="Dạy bơi", phrases="dạy bơi")
    with django_capture_on_commit_callbacks(execute=True):
        services.theme_save(actor=cast.office, name="Dạy bơi", phrases="dạy bơi")
    text = call(
        cast.office, "theme_add", method="post", status=400, name="Dạy bơi", phrases="bơi lội", active="on"
    )
    assert "Đã có chủ đề mang tên này" in text
    assert "bơi lội" in text
    assert Theme.objects.count() == 1


def test_the_screens(cast, heard):
    for name, *args in (("themes",), ("theme_add",), ("theme", "lam-thu")):
        call(cast.office, name, *args)
        call(cast.lead, name, *args, status=403)
        call(None, name, *args, status=302)
    call(cast.office, "theme", "khong-co", status=404)
    tried = {"name": "Dạy bơi", "phrases": "dạy bơi", "active": "on", "thu": "1"}
    assert "Câu này thuộc: <b>Dạy bơi" in call(cast.office, "theme_add", method="post", cau=SWIM, **tried)
    assert "không thuộc chủ đề nào" in call(cast.office, "theme_add", method="post", cau="Trời đẹp", **tried)
    assert not Theme.objects.exists()
    call(
        cast.office, "theme", "lam-thu", method="post", status=302, name="Lạm thu", phrases="lạm thu", active="on"
    )
    assert Theme.objects.get().listed == ["lạm thu"]


def test_who_listens_for_a_commune_does_not_change_the_topics_of_all(
    cast, source, django_capture_on_commit_callbacks
):
    services.source_add(actor=cast.commune, unit=cast.xa, name="Nhóm xã", kind="hand", outlet="social")
    with django_capture_on_commit_callbacks() as jobs, pytest.raises(Refused):
        services.theme_save(actor=cast.commune, name="Dạy bơi", phrases="dạy bơi")
    for name, *args in (("themes",), ("theme_add",), ("theme", "lam-thu")):
        call(cast.commune, name, *args, status=403)
    changed = {"name": "Lạm thu", "phrases": "lạm thu", "active": "on"}
    call(cast.commune, "theme", "lam-thu", method="post", status=403, **changed)
    assert jobs == []
    assert not Theme.objects.exists()
    assert not LogEntry.objects.filter(action="listening.theme.saved").exists()
    assert reverse("listening:themes") not in call(cast.commune, "topics")
    assert reverse("listening:themes") in call(cast.office, "topics")


def test_another_name_of_a_unit_is_known_at_once_and_forgotten_at_once(cast):
    said = "Phụ huynh học sinh Đồi Sim mong sớm có nước sạch cho các cháu"

    def meant():
        return [hit.unit for hit in analyser().analyse(said).units]

    assert meant() == []
    alias = alias_add(actor=cast.admin, unit=cast.school, text="Đồi Sim")
    assert meant() == [cast.school.pk]
    alias_remove(actor=cast.admin, alias=alias)
    assert meant() == []
    alias_add(actor=cast.admin, unit=cast.primary, text="Đồi Sim")
    assert meant() == [cast.primary.pk]


def test_corrections_of_a_topic_become_hints_for_its_phrases(cast, source):
    canteen = [
        f"Học sinh lớp {n} chê suất cơm nguội ở {place}"
        for n, place in enumerate(["xã Mường Sai", "thị trấn", "bản xa"])
    ]
    misled = [f"Học sinh lớp {n} viết bài thơ ngộ độc tình yêu" for n in range(2)]
    for text in [*canteen, *misled, *(f"Học sinh lớp {n} thi bơi lội" for n in range(12))]:
        services.store(source, [Found(external=text, title=text)])
    services.analyse_waiting()
    code = next(code for code, phrases in themes.topic_phrases().items() if "ngộ độc" in phrases)
    for item in Item.objects.filter(title__in=canteen):
        assert code not in topics(item)
        services.item_correct(actor=cast.office, item=item, field="topics", value=f"+{code}")
    phrases = themes.topic_phrases()[code]
    found = hints(code, phrases)
    assert found.added == 3
    assert ("chê suất cơm nguội", 3) in found.add
    assert found.drop == []
    assert all("học sinh" not in phrase for phrase, _n in found.add)  # stands everywhere
    for item in Item.objects.filter(title__in=misled):
        services.item_correct(actor=cast.office, item=item, field="topics", value=f"-{code}")
    assert hints(code, phrases).drop == [("ngộ độc", 2)]
    # taken back: no hint remains
    one = Item.objects.get(title=canteen[0])
    services.item_correct(actor=cast.office, item=one, field="topics", value=f"-{code}")
    assert hints(code, phrases).added == 2
    text = call(cast.office, "theme", code)
    assert "chê suất cơm nguội" in text
    assert "ngộ độc</b> (2 tin)" in text
    name = themes.topic_names()[code]
    sent = {"name": name, "phrases": "ngộ độc", "active": "on", "them": ["chê suất cơm nguội"]}
    call(cast.office, "theme", code, method="post", status=302, **sent)
    assert Theme.objects.get().listed == ["ngộ độc", "chê suất cơm nguội"]


def test_a_theme_of_the_plan_becomes_a_topic(cast, source):
    today = clock.today()
    plan = Plan.objects.create(
        unit=cast.so,
        title="Kế hoạch truyền thông",
        status="issued",
        starts_on=today,
        ends_on=today,
        created_by=cast.office,
    )
    theme = Topic.objects.create(plan=plan, title="Phòng chống đuối nước, dạy bơi cho học sinh và an toàn mùa hè")
    assert selectors.plan_themes(cast.office) == [theme]
    assert selectors.plan_themes(cast.lead) == []
    assert selectors.suggested(theme) == ["phòng chống đuối nước", "dạy bơi cho học sinh", "an toàn mùa hè"]
    assert "Phòng chống đuối nước" in call(cast.office, "themes")
    client = Client()
    client.force_login(cast.office)
    address = reverse("listening:theme_add") + f"?noi-dung={theme.pk}"
    assert "dạy bơi cho học sinh" in client.get(address).content.decode()
    client.post(address, {"name": "Đuối nước", "phrases": "đuối nước", "active": "on"})
    assert Theme.objects.get().plan_topic == theme
    assert selectors.plan_themes(cast.office) == []


def test_issuing_a_plan_tells_of_its_themes_and_one_tap_follows_them_all(
    cast, source, heard, django_capture_on_commit_callbacks
):
    plan = make_plan(cast.so, year=clock.today().year, title="Kế hoạch truyền thông năm")
    first = make_topic(plan, title="Dạy bơi miễn phí, an toàn mùa hè")
    make_topic(plan, title="Giáo dục STEM ở vùng cao")
    make_topic(plan, title=dict(themes.active_names())["tuyen-sinh"])  # followed under this name already
    for _again in range(2):
        emit(directives_in_force, plan=plan)
    notices = Notice.objects.filter(code="listening.plan_themes")
    assert {row.user for row in notices} == {cast.office, cast.editor, cast.chief}
    assert notices.count() == 3
    words = messages.get("listening.plan_themes").render(notices[0].data)
    assert words.startswith("2 chủ đề của “Kế hoạch truyền thông năm” chưa được theo dõi dư luận")
    assert "2 chủ đề của kế hoạch chưa được theo dõi" in call(cast.office, "topics")
    assert "chưa được theo dõi" not in call(cast.commune, "topics")
    # not by who listens for a commune
    call(cast.commune, "themes_follow", method="post", status=403)
    with pytest.raises(Refused):
        services.themes_follow(actor=cast.commune, topics=[first])
    assert not Theme.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        call(cast.office, "themes_follow", method="post", status=302)
    rows = {row.name: row for row in Theme.objects.all()}
    assert set(rows) == {"Dạy bơi miễn phí, an toàn mùa hè", "Giáo dục STEM ở vùng cao"}
    assert rows["Dạy bơi miễn phí, an toàn mùa hè"].listed == ["dạy bơi miễn phí", "an toàn mùa hè"]
    assert rows["Dạy bơi miễn phí, an toàn mùa hè"].plan_topic == first
    assert rows["Dạy bơi miễn phí, an toàn mùa hè"].code in topics(heard)  # read anew, by the job
    assert not notices.filter(cancelled_at=None).exists()
    assert LogEntry.objects.filter(action="listening.theme.saved").count() == 2
    assert services.themes_follow(actor=cast.office, topics=[first]) == 0  # tapped twice
    # who was told is not told again; a plan of a commune is none of it
    emit(directives_in_force, plan=plan)
    emit(directives_in_force, plan=make_plan(cast.xa, year=clock.today().year))
    assert notices.count() == 3


def test_more_topics_than_one_may_have_are_not_followed(cast, source, monkeypatch):
    monkeypatch.setattr("loa.listening.services.themes.MOST_THEMES", 1)
    plan = make_plan(cast.so, year=clock.today().year)
    rows = [make_topic(plan, title=title) for title in ("Dạy bơi", "Sữa học đường")]
    with pytest.raises(Conflict):
        services.themes_follow(actor=cast.office, topics=rows)
    assert not Theme.objects.exists()


def test_the_page_asks_the_same_questions_for_few_and_many(cast, source):
    def asked():
        client = Client()
        client.force_login(cast.office)
        themes.forget()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("listening:themes"))
        return len(queries)

    asked()
    few = asked()
    for n in range(12):
        Theme.objects.create(code=f"rieng-{n}", name=f"Chủ đề riêng {n}", phrases="dạy bơi")
    assert asked() == few


# — ours and others' —————————————————————————————————————————————————————————————————————


def test_sixty_three_became_thirty_four():
    names = [name for names, _phrases in provinces() for name in names]
    assert len(provinces()) == 34
    assert len(set(names) - {"huế"}) == 63
    assert all(phrases for _names, phrases in provinces())


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("Hà Nội: phụ huynh bức xúc vì các khoản thu đầu năm ở trường", False),
        ("Trường ở Hà Nội thu tiền, phụ huynh Phú Thọ cũng lo các khoản thu đầu năm", True),
        ("Học sinh tỉnh Hòa Bình cũ dự khai giảng năm học mới", True),  # went into ours
        ("Học sinh vẽ tranh vì hòa bình, nhà trường trao giải", True),
        ("Học phí cao bằng năm ngoái, phụ huynh lo", True),
        ("Học sinh ở Cao Bằng nghỉ học tránh rét", False),
        ("ha noi: phu huynh buc xuc vi lam thu o truong hoc", False),
        ("Phụ huynh bức xúc vì các khoản thu đầu năm ở trường", True),
    ],
)
def test_news_of_other_provinces_is_not_ours(text, ours):
    analyser = Analyser(home=["Phú Thọ"], elsewhere=elsewhere(["Phú Thọ"]))
    assert analyser.analyse(text).relevant is ours


def test_which_province_is_ours(cast):
    assert units.home_names()
    assert all("sở" not in name.lower() for name in units.home_names())
    assert elsewhere(()) == ()
