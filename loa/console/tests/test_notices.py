"""Notices: what a person was told, in words; each sees and marks only their own."""

from __future__ import annotations

from loa.accounts.models import Notice
from loa.accounts.services import cancel_notices, mark_read, notify
from loa.core.messages import Message, messages

messages.register("test.told", Message("Bài “%(title)s” đã đăng.", icon="check", tone="done"))


def test_words_come_from_the_registry(client, cast):
    notify(users=[cast.owner], code="test.told", title="Tủ sách lớp học", url="/lam-viec/")
    client.force_login(cast.owner)
    text = client.get("/lam-viec/thong-bao/").content.decode()
    assert "Bài “Tủ sách lớp học” đã đăng." in text
    assert "1 tin chưa đọc" in text


def test_a_notice_with_missing_data_still_shows(client, cast):
    notify(users=[cast.owner], code="test.told", url="/lam-viec/")
    client.force_login(cast.owner)
    assert "Có việc mới cần xem." in client.get("/lam-viec/thong-bao/").content.decode()


def test_opening_one_marks_it_and_goes_there(client, cast):
    notify(users=[cast.owner], code="test.told", title="x", url="/lam-viec/tim/")
    notice = Notice.objects.get()
    client.force_login(cast.owner)
    assert client.get(f"/lam-viec/thong-bao/{notice.pk}/").headers["Location"] == "/lam-viec/tim/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_foreign_address_is_not_followed(client, cast):
    notify(users=[cast.owner], code="test.told", title="x", url="https://example.org/")
    client.force_login(cast.owner)
    answer = client.get(f"/lam-viec/thong-bao/{Notice.objects.get().pk}/")
    assert answer.headers["Location"] == "/lam-viec/thong-bao/"


def test_anothers_notice_does_not_exist(client, cast):
    notify(users=[cast.owner], code="test.told", title="x")
    notice = Notice.objects.get()
    client.force_login(cast.colleague)
    assert client.get(f"/lam-viec/thong-bao/{notice.pk}/").status_code == 404
    assert mark_read(actor=cast.colleague) == 0
    notice.refresh_from_db()
    assert notice.read_at is None


def test_marking_needs_a_post(client, cast):
    client.force_login(cast.owner)
    assert client.get("/lam-viec/thong-bao/da-doc/").status_code == 405


def test_all_are_marked_at_once_and_what_was_taken_back_is_gone(client, cast):
    notify(users=[cast.owner, cast.colleague], code="test.told", title="a", key="1")
    notify(users=[cast.owner], code="test.told", title="b", key="2")
    cancel_notices(code="test.told", key="2")
    client.force_login(cast.owner)
    assert "“b”" not in client.get("/lam-viec/thong-bao/").content.decode()
    client.post("/lam-viec/thong-bao/da-doc/")
    assert Notice.objects.filter(user=cast.owner, read_at=None, cancelled_at=None).count() == 0
    assert Notice.objects.filter(user=cast.colleague, read_at=None).count() == 1


def test_the_list_costs_the_same_at_any_length(client, cast, django_assert_max_num_queries):
    for number in range(40):
        notify(users=[cast.owner], code="test.told", title=str(number))
    client.force_login(cast.owner)
    with django_assert_max_num_queries(12):
        client.get("/lam-viec/thong-bao/")
