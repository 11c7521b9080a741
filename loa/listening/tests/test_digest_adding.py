"""Putting items into a draft by hand: what may be, by whom, once; it stays, is printed, mailed and reported."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.listening import services
from loa.listening.digest.choose import address_in
from loa.listening.digest.model import Kind
from loa.listening.fetching import Found
from loa.listening.models import Digest, DigestLine, Item, Source
from loa.listening.rules import key_of
from loa.listening.tests.morning import FIRST, MORNING, PRAISE, PRIVATE, SECOND, get, post
from loa.org.models import Membership
from loa.org.rules import Role
from loa.org.tests.factories import FOUNDED

pytestmark = pytest.mark.django_db

OLD = "Tin cũ về học sinh tuần trước"
SEEN = "Phóng sự về vườn rau của học sinh vùng cao"
LIST, STORY = {"muc": "danh-muc"}, {"muc": "vu-viec"}


def item(title):
    return Item.objects.get(title=title)


def added(digest):
    return list(digest.lines.filter(added_by__isnull=False).values_list("title", "story"))


def page(user, name, digest, status=200, **params):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=[digest.pk]), params)
    assert answer.status_code == status, answer.status_code
    return answer


def told(user, digest, part, keys):
    """The page after these were chosen."""
    client = Client()
    client.force_login(user)
    url = f"{reverse('listening:digest_choose', args=[digest.pk])}?muc={part}"
    return client.post(url, {"tin": keys}, follow=True).content.decode()


def clip(actor, digest, title=SEEN, **values):
    given = {"story": False, "on": MORNING.date(), "outlet": "Truyền hình Sông Lam", **values}
    return services.digest_clip(actor=actor, digest=digest, title=title, **given)


def word(user, digest):
    data = b"".join(get(user, "digest_file", digest.pk, "docx").streaming_content)
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


# — choosing ——————————————————————————————————————————————————————————————————————————


def test_what_loa_heard_is_sought_and_put_in(cast, digest):
    plain = page(cast.office, "digest_choose", digest, **LIST).content.decode()
    # of the days around it, newest first; what is in the list is marked and cannot be chosen
    assert plain.index(PRAISE) < plain.index(SECOND) < plain.index(OLD)
    assert plain.count("Đã có trong mục này") == 3
    for title, n in ((PRAISE, 0), (SECOND, 0), (OLD, 1), (f"{FIRST}, dư luận quan tâm", 1)):
        assert plain.count(f'name="tin" value="{item(title).pk}"') == n, title
    assert "bức xúc" not in plain
    sought = page(cast.office, "digest_choose", digest, **LIST, q="tuần trước").content.decode()
    assert "<mark>" in sought
    assert f'value="{item(OLD).pk}"' in sought
    assert PRAISE not in sought
    # with the rules of the stream: no accents, and what cannot be read is said
    assert "không phân biệt dấu" in page(cast.office, "digest_choose", digest, q="tuan trước").content.decode()
    assert 'role="alert"' in page(cast.office, "digest_choose", digest, status=400, q="(thu").content.decode()
    # other days than those around it
    day = (MORNING - dt.timedelta(days=2)).date().isoformat()
    assert OLD not in page(cast.office, "digest_choose", digest, tu=day).content.decode()
    assert "Đã thêm 2 tin vào mục “Danh mục tin, bài”." in told(
        cast.office, digest, "danh-muc", [item(OLD).pk, item(f"{FIRST}, dư luận quan tâm").pk]
    )
    titles = list(digest.lines.filter(story=False).values_list("title", flat=True))
    assert titles == [PRAISE, SECOND, f"{FIRST}, dư luận quan tâm", FIRST, OLD]
    assert list(digest.lines.values_list("number", flat=True)) == list(range(1, 7))
    assert "đều có sẵn trong mục này" in told(cast.office, digest, "danh-muc", [item(OLD).pk])
    assert digest.lines.filter(title=OLD).count() == 1
    assert "Hãy chọn ít nhất một tin." in told(cast.office, digest, "danh-muc", [])
    assert list(
        LogEntry.objects.filter(action="listening.digest.added").values_list("data__count", flat=True)
    ) == [2]


def test_an_article_of_the_list_becomes_a_story(cast, digest):
    # FIRST has a story already, told by the case; PRAISE has none
    choose = page(cast.office, "digest_choose", digest, **STORY).content.decode()
    assert f'name="tin" value="{item(PRAISE).pk}"' in choose
    assert f'name="tin" value="{item(FIRST).pk}"' not in choose
    told(cast.office, digest, "vu-viec", [item(PRAISE).pk])
    line = digest.lines.get(title=PRAISE, story=True)
    assert (line.added_by, line.text) == (cast.office, "Báo Sông Lam đưa tin ngày 18/11.")
    assert digest.lines.filter(title=PRAISE).count() == 2
    assert services.digest_add(actor=cast.office, digest=digest, items=[item(FIRST).pk], story=True) == 0
    text = word(cast.office, digest)
    assert "Báo Sông Lam đưa tin ngày 18/11." in text


def test_what_was_hidden_is_shown_again_not_doubled(cast, digest):
    digest.lines.filter(title=PRAISE).update(shown=False)
    choose = page(cast.office, "digest_choose", digest, **LIST).content.decode()
    assert "Đang bỏ, chọn để in lại" in choose
    assert services.digest_add(actor=cast.office, digest=digest, items=[item(PRAISE).pk], story=False) == 1
    line = digest.lines.get(title=PRAISE)
    assert (line.shown, line.added_by) == (True, None)


def test_an_address_finds_its_item_or_leads_to_the_form(cast, digest):
    url = item(OLD).url
    for typed in (url, url.replace("https://", "http://www.") + "?utm_source=zalo", url.removeprefix("https://")):
        found = page(cast.office, "digest_choose", digest, **LIST, q=typed).content.decode()
        assert f'value="{item(OLD).pk}" checked' in found
    there = page(cast.office, "digest_choose", digest, **LIST, q=item(PRAISE).url).content.decode()
    assert "Đã có trong mục này" in there
    assert 'name="tin"' not in there
    unknown = page(cast.office, "digest_choose", digest, 302, **LIST, q="bao.example/chua-nghe?fbclid=1")
    assert unknown.url.startswith(reverse("listening:digest_clip", args=[digest.pk]))
    client = Client()
    client.force_login(cast.office)
    assert 'value="https://bao.example/chua-nghe?fbclid=1"' in client.get(unknown.url).content.decode()
    assert [address_in(words) for words in ("lạm thu", "TP.HCM", "02/2026/TT-BGDĐT", "https://", "a.vn/b c")] == [
        ""
    ] * 5


# — entering ——————————————————————————————————————————————————————————————————————————


def test_what_loa_has_not_heard_becomes_an_item_and_a_line(cast, digest, heard):
    form = {
        "url": "baomoi.example/vuon-rau?utm_medium=x", "title": SEEN, "outlet": "Báo Mới", "on": "2026-11-17",
        "hour": "18:30", "summary": "Sở đã khen.", "text": "Học sinh trồng rau.", "part": "vu-viec",
        "source": heard[0].pk,
    }  # fmt: skip
    assert post(cast.office, "digest_clip", digest.pk, **form).status_code == 302
    made = item(SEEN)
    assert (made.unit, made.source, made.outlet_name, made.text) == (
        cast.so,
        heard[0],
        "Báo Mới",
        "Học sinh trồng rau.",
    )
    assert clock.local(made.published_at) == dt.datetime(2026, 11, 17, 18, 30, tzinfo=clock.VIETNAM)
    line = digest.lines.get(item=made)
    assert (line.story, line.text) == (True, "Báo Mới đưa tin ngày 17/11. Sở đã khen.")
    assert LogEntry.objects.filter(action="listening.clipping.added").count() == 1
    # The same address again, into the other part: one item, two lines; a third time it is told.
    again = {**form, "url": "https://www.baomoi.example/vuon-rau", "part": "danh-muc", "title": "Tên khác"}
    post(cast.office, "digest_clip", digest.pk, **again)
    assert digest.lines.filter(item=made).count() == 2
    assert Item.objects.filter(title="Tên khác").count() == 0
    client = Client()
    client.force_login(cast.office)
    answer = client.post(reverse("listening:digest_clip", args=[digest.pk]), again)
    assert (answer.status_code, digest.lines.filter(item=made).count()) == (400, 2)
    assert "Tin này đã có trong điểm báo." in answer.content.decode()
    # judged like any other
    services.analyse_waiting()
    made.refresh_from_db()
    assert made.tone


def test_what_cannot_be_entered_is_told_and_nothing_is_written(cast, digest, heard):
    group = heard[2]
    before = (Item.objects.count(), DigestLine.objects.count(), Source.objects.count())
    for values, field in (
        ({"title": "  "}, "title"), ({"on": MORNING.date() + dt.timedelta(days=1)}, "on"),
        ({"hour": dt.time(23, 0)}, "hour"), ({"url": "javascript:alert(1)"}, "url"), ({"source": group}, "source"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as error:
            clip(cast.office, digest, **values)
        assert error.value.field == field
    assert before == (Item.objects.count(), DigestLine.objects.count(), Source.objects.count())
    form = page(cast.office, "digest_clip", digest).content.decode()
    assert "Nhóm phụ huynh" not in form
    assert "Báo Sông Lam" in form


def test_a_unit_without_a_source_filled_by_hand_gets_one(cast, digest):
    Source.objects.update(kind="feed")
    assert 'name="source"' not in page(cast.office, "digest_clip", digest).content.decode()
    clip(cast.office, digest)
    clip(cast.office, digest, title="Bài thứ hai về học sinh")
    [made] = Source.objects.filter(kind="hand")
    assert made.items.count() == 2


def test_an_address_that_gave_nothing_has_words_now(cast, digest, heard):
    url = "https://bao.example/trong"
    services.store(heard[0], [Found(external=url, url=url, title="x", published_at=MORNING)])
    Item.objects.filter(title="x").update(title="", read_due=MORNING)
    assert 'name="tin"' not in page(cast.office, "digest_choose", digest, q=url).content.decode()
    line = clip(cast.office, digest, url=url)
    assert line.item.key == Item.objects.get(title=SEEN).key
    assert services.analyse_waiting() == 1


# — whose ——————————————————————————————————————————————————————————————————————————————


def test_only_who_keeps_the_digest_puts_in_and_takes_out(cast, digest):
    old = item(OLD).pk
    mine = clip(cast.office, digest)
    before = DigestLine.objects.count()
    for user, status in (
        (cast.lead, 404),
        (cast.owner, 404),
        (cast.colleague, 404),
        (cast.outsider, 404),
        (None, 302),
    ):
        for name in ("digest_choose", "digest_clip"):
            page(user, name, digest, status)
            client = Client()
            if user:
                client.force_login(user)
            url = reverse(f"listening:{name}", args=[digest.pk])
            data = {"tin": old, "title": "x", "on": "2026-11-17", "part": "danh-muc"}
            assert client.post(url, data).status_code == status
            assert (
                client.post(reverse("listening:digest", args=[digest.pk]), {"bo": mine.pk}).status_code == status
            )
    for user in (cast.lead, cast.owner):
        with pytest.raises(Refused):
            services.digest_add(actor=user, digest=digest, items=[old], story=False)
        with pytest.raises(Refused):
            clip(user, digest, title="Tin khác")
        with pytest.raises(Refused):
            services.digest_take_out(actor=user, digest=digest, line=mine.pk)
    assert DigestLine.objects.count() == before
    assert not Item.objects.filter(title__in=("x", "Tin khác")).exists()


def test_words_of_private_persons_and_of_others_do_not_come_in(cast, digest, heard):
    private = Item.objects.get(outlet="social")
    address = "https://mang.example/bai-cua-toi"
    Item.objects.filter(pk=private.pk).update(url=address, key=key_of(address))
    choose = page(cast.office, "digest_choose", digest, **LIST, q=address).content.decode()
    assert "không đưa lời của cá nhân" in choose
    assert 'name="tin"' not in choose
    gone = item(PRAISE)
    Item.objects.filter(pk=gone.pk).update(title="", text="", forgotten=True)
    # another unit's listening: the person reads it not
    elsewhere = services.source_add(
        actor=_keeper(cast, cast.thpt), unit=cast.thpt, name="Báo khác", kind="hand", outlet="press"
    )
    services.store(elsewhere, [Found(external="k", title="Tin của nơi khác", published_at=MORNING)])
    Membership.objects.filter(user=cast.commune).delete()
    Membership.objects.create(user=cast.commune, unit=cast.primary, role=Role.FOCAL, valid_from=FOUNDED)
    own = services.source_add(actor=cast.commune, unit=cast.primary, name="Báo", kind="hand", outlet="press")
    theirs = Digest.objects.create(unit=own.unit, kind=Kind.DAY, day=MORNING.date(), since=MORNING, until=MORNING)
    before = DigestLine.objects.count()
    for actor, draft, pk, error in (
        (cast.office, digest, private.pk, InvalidInput), (cast.office, digest, gone.pk, InvalidInput),
        (cast.commune, theirs, item("Tin của nơi khác").pk, NotFound), (cast.office, digest, 10**9, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            services.digest_add(
                actor=actor, digest=draft, items=[pk, item(OLD).pk][: 1 + (actor == cast.office)], story=False
            )
    with pytest.raises(InvalidInput):
        clip(cast.office, digest, url=address)
    assert DigestLine.objects.count() == before
    assert "Tin của nơi khác" not in page(cast.commune, "digest_choose", theirs).content.decode()
    for q in (PRIVATE[:8], "các bác"):
        assert "bức xúc" not in page(cast.office, "digest_choose", digest, q=q, **{"tat-ca": "1"}).content.decode()


def _keeper(cast, unit):
    Membership.objects.create(user=cast.outsider_lead, unit=unit, role=Role.FOCAL, valid_from=FOUNDED)
    return cast.outsider_lead


def test_an_approved_digest_is_not_changed(cast, digest):
    mine = clip(cast.office, digest)
    services.digest_approve(actor=cast.office, digest=digest)
    before = list(digest.lines.values())
    with pytest.raises(Conflict, match="bản nháp của điểm báo sau"):
        services.digest_add(actor=cast.office, digest=digest, items=[item(OLD).pk], story=False)
    with pytest.raises(Conflict, match="bản nháp của điểm báo sau"):
        clip(cast.office, digest, title="Tin khác")
    with pytest.raises(Conflict, match="bản nháp của điểm báo sau"):
        services.digest_take_out(actor=cast.office, digest=digest, line=mine.pk)
    for name in ("digest_choose", "digest_clip"):
        client = Client()
        client.force_login(cast.office)
        answer = client.get(reverse(f"listening:{name}", args=[digest.pk]), follow=True)
        assert answer.redirect_chain == [(reverse("listening:digest", args=[digest.pk]), 302)]
        assert "bản nháp của điểm báo sau" in answer.content.decode()
    shown = get(cast.office, "digest", digest.pk).content.decode()
    assert "Thêm tin" not in shown
    assert "Bỏ khỏi điểm báo" not in shown
    assert list(digest.lines.values()) == before
    assert not Item.objects.filter(title="Tin khác").exists()


# — it stays ——————————————————————————————————————————————————————————————————————————


def test_what_was_put_in_and_written_stays_when_the_draft_is_brought_up_to_now(cast, digest, heard, time_at):
    services.digest_add(actor=cast.office, digest=digest, items=[item(PRAISE).pk], story=True)
    services.digest_add(actor=cast.office, digest=digest, items=[item(OLD).pk], story=False)
    mine = clip(cast.office, digest, summary="Bản tin chiều.")
    story = digest.lines.get(title=PRAISE, story=True)
    form = {
        "nhan-dinh": digest.summary, "de-xuat": "", "thay": [line.pk for line in digest.lines.all()],
        "hien": [line.pk for line in digest.lines.all() if line.title != OLD],
        f"dong-{story.pk}": "Tỉnh sẽ khen thưởng.", f"dong-{mine.pk}": "Bản tin chiều, 4 phút.",
    }  # fmt: skip
    # "Thêm tin" saves what is typed before it leads away
    answer = post(cast.office, "digest", digest.pk, **{**form, "them": "vu-viec"})
    assert answer.url == reverse("listening:digest_choose", args=[digest.pk]) + "?muc=vu-viec"
    story.refresh_from_db()
    assert story.text == "Tỉnh sẽ khen thưởng."
    services.analyse_waiting()
    time_at(MORNING + dt.timedelta(minutes=40))
    late = "Học sinh Trường Tiểu học Sơn Hạ trồng cây đầu xuân"
    services.store(heard[0], [Found(external=late, title=late, published_at=MORNING)])
    services.analyse_waiting()
    services.digest_renew(actor=cast.office, digest=digest)
    lines = {(line.title, line.story): line for line in digest.lines.all()}
    assert len(lines) == digest.lines.count() == 8
    assert lines[late, False].added_by is None
    assert lines[PRAISE, True].text == "Tỉnh sẽ khen thưởng."
    assert (lines[PRAISE, False].shown, lines[OLD, False].shown) == (True, False)
    kept = lines[SEEN, False]
    assert (kept.pk, kept.text, kept.added_by) == (mine.pk, "Bản tin chiều, 4 phút.", cast.office)
    assert kept.tone == Item.objects.get(title=SEEN).tone != ""


def test_the_tone_of_what_was_put_in_is_known_when_it_is_approved(cast, digest):
    mine = clip(cast.office, digest)
    assert mine.tone == ""
    services.analyse_waiting()
    services.digest_approve(actor=cast.office, digest=digest)
    mine.refresh_from_db()
    assert mine.tone == item(SEEN).tone != ""


def test_what_was_put_in_is_taken_out_again(cast, digest, time_at):
    services.digest_add(actor=cast.office, digest=digest, items=[item(OLD).pk], story=False)
    Item.objects.filter(title=OLD).update(published_at=MORNING - dt.timedelta(days=9))
    mine = digest.lines.get(title=OLD)
    shown = get(cast.office, "digest", digest.pk).content.decode()
    assert "Lê Mai Phương thêm" in shown
    assert f'name="bo" value="{mine.pk}"' in shown
    assert shown.count('name="bo"') == 1
    form = {"nhan-dinh": "Lời của tôi.", "de-xuat": ""}
    post(cast.office, "digest", digest.pk, bo=mine.pk, **form)
    assert not digest.lines.filter(title=OLD).exists()
    digest.refresh_from_db()
    assert digest.summary == "Lời của tôi."
    assert Item.objects.filter(title=OLD).exists()
    assert LogEntry.objects.filter(action="listening.digest.taken_out").count() == 1
    # twice, and what Loa gathered itself
    with pytest.raises(Conflict):
        services.digest_take_out(actor=cast.office, digest=digest, line=mine.pk)
    with pytest.raises(Conflict, match="bỏ dấu chọn"):
        services.digest_take_out(actor=cast.office, digest=digest, line=digest.lines.get(title=SECOND).pk)
    # what would come back with the next look stays, hidden
    fresh = clip(cast.office, digest)
    assert services.digest_take_out(actor=cast.office, digest=digest, line=fresh.pk) is False
    services.analyse_waiting()
    time_at(MORNING + dt.timedelta(minutes=5))
    services.digest_renew(actor=cast.office, digest=digest)
    assert list(digest.lines.filter(title=SEEN).values_list("shown", flat=True)) == [False]


def test_what_was_put_in_is_not_listed_again_the_next_day_but_counted(cast, digest, heard, time_at):
    """Told in two digests it would be told twice, in the figures of none it would be lost."""
    time_at(MORNING + dt.timedelta(minutes=20))
    services.store(heard[0], [Found(external=SEEN, title=SEEN, published_at=MORNING - dt.timedelta(minutes=9))])
    after = "Học sinh Trường THCS Sơn Thượng đi thi, sau giờ soạn"
    services.store(heard[0], [Found(external=after, title=after, published_at=MORNING + dt.timedelta(minutes=9))])
    services.analyse_waiting()
    services.digest_add(actor=cast.office, digest=digest, items=[item(SEEN).pk, item(after).pk], story=False)
    time_at(MORNING + dt.timedelta(days=1))
    day = MORNING.date() + dt.timedelta(days=1)
    following = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=day)
    assert following.lines.count() == 0
    assert (following.figures["total"], following.figures["late"]) == (2, 1)
    choose = page(cast.office, "digest_choose", following, **LIST).content.decode()
    assert choose.count("Đã có trong “Điểm báo ngày 18/11/2026”") == 5
    # taken out of the first, it is the next one's
    following.delete()
    digest.lines.filter(item=item(SEEN)).delete()
    following = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=day)
    assert list(following.lines.values_list("title", flat=True)) == [SEEN]


# — it goes out ————————————————————————————————————————————————————————————————————————


def test_it_is_printed_mailed_and_in_the_report_of_the_25th(cast, digest, time_at):
    services.digest_plan_save(
        actor=cast.office, unit=cast.so, active=True, hour=dt.time(7), monthly=True, recipients="a@x.example"
    )
    clip(cast.office, digest, summary="Phát trong bản tin chiều.")
    clip(
        cast.office, digest, title="Chuyện lạ ngoài kỳ", story=True, on=dt.date(2026, 10, 1), summary="Đáng lưu ý."
    )
    clip(cast.office, digest, title="Học sinh dự hội, tin bỏ rồi")
    digest.lines.filter(title="Học sinh dự hội, tin bỏ rồi").update(shown=False)
    services.analyse_waiting()
    services.digest_approve(actor=cast.office, digest=digest)
    text = word(cast.office, digest)
    for words in (SEEN, "Phát trong bản tin chiều.", "Chuyện lạ ngoài kỳ", "ngày 01/10. Đáng lưu ý."):
        assert words in text
    assert "Học sinh dự hội, tin bỏ rồi" not in text
    assert b"".join(get(cast.office, "digest_file", digest.pk, "pdf").streaming_content).startswith(b"%PDF")
    shown = get(cast.office, "digest", digest.pk).content.decode()
    assert "Phát trong bản tin chiều." in shown
    services.send_digest_mails()
    [letter] = mail.outbox
    assert "- Chuyện lạ ngoài kỳ" in letter.body
    month = dt.datetime(2026, 11, 25, 7, 5, tzinfo=clock.VIETNAM)
    time_at(month)
    report = services.digest_draft(unit_id=cast.so.pk, kind=Kind.MONTH, day=month.date())
    lines = {(line.title, line.story): line for line in report.lines.all()}
    assert lines[SEEN, False].text == "Phát trong bản tin chiều."
    assert lines["Chuyện lạ ngoài kỳ", True].text == "Truyền hình Sông Lam đưa tin ngày 01/10. Đáng lưu ý."
    assert lines["Chuyện lạ ngoài kỳ", True].added_by == cast.office
    # of the month by itself: heard in it, though it was hidden in its day
    assert lines["Học sinh dự hội, tin bỏ rồi", False].added_by is None
    assert len(lines) == report.lines.count()
    # what is taken out of the report does not come back
    services.digest_take_out(actor=cast.office, digest=report, line=lines["Chuyện lạ ngoài kỳ", True].pk)
    assert services.digest_renew(actor=cast.office, digest=report) == 0
    assert not report.lines.get(title="Chuyện lạ ngoài kỳ").shown


def test_choosing_asks_the_same_questions_for_few_and_many(cast, digest, heard):
    client = Client()
    client.force_login(cast.office)

    def count(**params):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("listening:digest_choose", args=[digest.pk]), params).status_code == 200
        return len(queries)

    def count_digest():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("listening:digest", args=[digest.pk]))
        return len(queries)

    clip(cast.office, digest)
    count()
    few = (count(), count(q="học sinh"), count(q=item(OLD).url), count_digest())
    for n in range(15):
        title = f"Học sinh trường số {n} trồng {n * 7} cây xanh ở xã thứ {n * 3}"
        services.store(heard[0], [Found(external=title, title=title, published_at=MORNING)])
    while services.analyse_waiting():
        pass
    keys = list(Item.objects.filter(title__contains="cây xanh").values_list("pk", flat=True))
    services.digest_add(actor=cast.office, digest=digest, items=keys[:9], story=False)
    services.digest_add(actor=cast.office, digest=digest, items=keys[:3], story=True)
    assert (count(), count(q="học sinh"), count(q=item(OLD).url), count_digest()) == few


def test_putting_in_costs_the_same_for_few_and_many(cast, digest, heard):
    for n in range(14):
        title = f"Học sinh trường số {n} trồng {n * 7} cây xanh ở xã thứ {n * 3}"
        services.store(heard[0], [Found(external=title, title=title, published_at=MORNING)])
    while services.analyse_waiting():
        pass
    keys = list(Item.objects.filter(title__contains="cây xanh").values_list("pk", flat=True))

    def count(some):
        with CaptureQueriesContext(connection) as queries:
            assert services.digest_add(actor=cast.office, digest=digest, items=some, story=False) == len(some)
        return len(queries)

    assert count(keys[:1]) == count(keys[1:13])
