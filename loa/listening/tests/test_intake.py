"""What files and calls bring of private persons: one post has many comments, each an item, each once."""

from __future__ import annotations

import json
from importlib import import_module
from itertools import count
from threading import Thread
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from loa.core import clock
from loa.core.heard import Heard
from loa.listening import selectors, services
from loa.listening.models import Item, Source
from loa.listening.readers.model import Found
from loa.listening.rules import key_of
from loa.listening.selectors import StreamFilter
from loa.listening.services import push
from loa.listening.tests.test_ways import _files_of_their_own, bring, write  # noqa: F401
from loa.org.tests.factories import Cast

pytestmark = pytest.mark.django_db

#: no two calls are one call
_calls = count()
POST = "https://www.facebook.com/hoiphuhuynh/posts/123"


@pytest.fixture
def group(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Mạng xã hội", kind="push", outlet="social")


def send(source, rows):
    stamp = str(int(clock.now().timestamp()))
    body = json.dumps(rows).encode() + b" " * next(_calls)
    signature = push.sign(push.secret_of(source), stamp, body)
    answer = push.push_take(source_id=source.pk, stamp=stamp, signature=signature, body=body)
    assert answer.status == 202, answer
    return answer.body["added"], answer.body["known"]


def test_comments_under_one_address_are_items_of_their_own_and_come_once(cast, group):
    rows = [{"id": f"c{n}", "text": f"Bình luận số {n} về trường", "url": POST} for n in range(5)]
    assert send(group, rows) == (5, 0)
    assert {item.url for item in Item.objects.all()} == {POST}
    assert send(group, [{**rows[0], "text": "Bình luận số 0 đã sửa"}, *rows[2:]]) == (0, 4)
    assert Item.objects.count() == 5


def test_a_number_is_a_services_own(cast, group):
    other = services.source_add(actor=cast.office, unit=cast.so, name="Dịch vụ khác", kind="push", outlet="social")
    assert send(group, [{"id": "1", "text": "Trường thu quỹ"}]) == (1, 0)
    assert send(other, [{"id": "1", "text": "Trường sạch đẹp"}]) == (1, 0)
    assert send(other, [{"id": "1", "text": "Trường sạch đẹp"}]) == (0, 1)


def test_without_a_number_words_and_their_writer_tell_comments_of_one_address_apart(cast, group):
    head = "Nội dung;Tác giả;Đường dẫn;Ngày đăng\n"
    rows = [
        f"Thu quỹ nhiều quá;Chị Lan;{POST};26/11/2025 09:12",
        f"Không thấy nhiều;Chị Lan;{POST};26/11/2025 09:12",
        f"Thu quỹ nhiều quá;Anh Nam;{POST};26/11/2025 09:12",
        f"Đồng ý;;{POST};26/11/2025 09:12",
        f"Đồng ý;;{POST};26/11/2025 09:40",
    ]
    for order, added in ((rows, 5), (rows, 0), (rows[::-1], 0)):
        row = write(cast, bring(cast, group, (head + "\n".join(order)).encode()))
        assert (row.added, row.known) == (added, 5 - added)


def test_an_article_of_a_paper_is_one_item_whatever_its_number(cast):
    papers = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="push", outlet="press")
    link = "https://bao.example/1.html"
    assert send(papers, [{"id": "1", "title": "Trường vui", "url": link}]) == (1, 0)
    assert send(papers, [{"id": "2", "title": "Trường vui (cập nhật)", "url": link}]) == (0, 1)


@pytest.mark.parametrize("number", ["c1", ""])
def test_what_an_earlier_version_kept_by_its_address_does_not_come_again(cast, group, number):
    assert services.store(group, [Found(url=POST, external=number, text="Thu quỹ nhiều quá")]) == 1
    Item.objects.update(key=key_of(POST))
    rows = [{"id": number, "url": POST, "text": text} for text in ("Thu quỹ nhiều quá", "Không thấy nhiều")]
    assert send(group, rows[:1]) == (0, 1)
    assert send(group, [{**rows[1], "id": "c2" if number else ""}]) == (1, 0)


def test_what_an_earlier_version_kept_by_its_number_does_not_come_again(cast, group):
    assert services.store(group, [Found(external="c1", text="Thu quỹ nhiều quá")]) == 1
    Item.objects.update(key=key_of("", "c1"))
    assert send(group, [{"id": "c1", "text": "Thu quỹ nhiều quá"}]) == (0, 1)


# — a channel of our own ———————————————————————————————————————————————————————————————————————————


def remark(cast, key, **more):
    values = {
        "origin": "facebook",
        "place": "Trang Sở",
        "text": f"Cho hỏi lịch thi {key}",
        "at": clock.now(),
        **more,
    }
    return Heard(unit_id=cast.so.pk, key=key, **values)


def test_a_channel_of_our_own_is_one_source(cast):
    services.heard_taken(remark(cast, "a"))
    source = Source.objects.get(kind="ours")
    source.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        source.save()
    assert Source.objects.count() == 1
    # What people name as they like may have one name.
    for _n in range(2):
        services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_two_first_comments_at_once_are_one_channel():
    cast = Cast()
    errors = []

    def hear(key, before_the_end):
        try:
            with transaction.atomic():
                services.heard_taken(remark(cast, key))
                before_the_end()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def both():
        second.start()
        second.join(0.5)  # waits for what the first one has not written down yet

    second = Thread(target=hear, args=("b", lambda: None))
    first = Thread(target=hear, args=("a", both))
    first.start()
    first.join(10)
    second.join(10)
    assert not errors
    services.heard_taken(remark(cast, "c"))
    assert Source.objects.filter(kind="ours").count() == 1
    assert Item.objects.count() == 3


def test_channels_that_stood_twice_are_joined(cast):
    services.heard_taken(remark(cast, "a"))
    services.analyse_waiting()
    first = Source.objects.get(kind="ours")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX listening_ours_once")
    double = Source.objects.create(
        unit=cast.so, kind="ours", name=first.name, outlet="own", keep_days=30, last_item_at=clock.now()
    )
    other = Source.objects.create(unit=cast.school, kind="ours", name=first.name, outlet="own", keep_days=180)
    services.store(double, [Found(external="facebook:b", text="Trường học vui")])
    services.analyse_waiting()
    moved = Item.objects.get(source=double)
    kept = services.search_save(
        actor=cast.office, name="Trang", wanted=StreamFilter.from_params({"nguon": str(double.pk)})
    )
    while services.renew_index():
        pass
    import_module("loa.listening.migrations.0023_ours_once").join_doubles(
        apps, SimpleNamespace(connection=connection)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX listening_ours_once ON listening_source (unit_id, kind, name) WHERE kind = 'ours'"
        )
    assert list(Source.objects.filter(kind="ours").order_by("pk")) == [first, other]
    first.refresh_from_db()
    assert (first.keep_days, first.last_item_at) == (30, double.last_item_at)
    assert Item.objects.filter(source=first).count() == 2
    kept.refresh_from_db()
    assert kept.params["nguon"] == str(first.pk)
    # What the index says of whose item it is, is written anew.
    wanted = StreamFilter.from_params({**kept.params, "q": "trường"})
    assert selectors.found(cast.office, wanted, limit=5) == []
    while services.renew_index():
        pass
    assert selectors.found(cast.office, wanted, limit=5) == [moved.pk]
