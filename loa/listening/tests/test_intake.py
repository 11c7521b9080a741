"""What files and calls bring of private persons: one post has many comments, each an item, each once."""

from __future__ import annotations

import json
from itertools import count

import pytest

from loa.core import clock
from loa.listening import services
from loa.listening.models import Item
from loa.listening.readers.model import Found
from loa.listening.rules import key_of
from loa.listening.services import push
from loa.listening.tests.test_ways import _files_of_their_own, bring, write  # noqa: F401

pytestmark = pytest.mark.django_db

#: no two calls are one call
_calls = count()
POST = "https://www.facebook.com/hoiphuhuynh/posts/123"


@pytest.fixture
def group(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Mạng xã hội", kind="push", outlet="social")


def send(source, rows):
    stamp = str(int(clock.now().timestamp()) - next(_calls))
    body = json.dumps(rows).encode()
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
