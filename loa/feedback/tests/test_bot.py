"""The chatbot: what it says by the office's tree, when a person goes on, look-ups, versions."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from django.urls import reverse

from loa.channels.facebook import hooks
from loa.channels.inbound import acting, reading
from loa.channels.inbound.models import Action
from loa.channels.tests.factories import simulators
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.feedback import bot, lookup, services
from loa.feedback.models import Chat, Remark, Scenario, Thread
from loa.feedback.rules import Side, State
from loa.feedback.tests.factories import facebook_account, message, zalo_account
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit

TREE = bot.starter("Sở")
TOOLS = bot.Tools(
    schools=lambda text: "Phường A có 1 trường" if "phuong a" in text.lower() else "", news=lambda: "• Tin"
)


# — the tree, pure —————————————————————————————————————————————————————————————————
def talk(*words, tree=TREE, tools=TOOLS):
    turn = bot.At()
    said = None
    for text in words:
        said = bot.answer(tree, turn, text, tools)
        turn = said.at
    return said


def test_hello_gets_the_menu():
    for text in ("Xin chào", "chào ad", "hi", "CHÀO", "blah blah"):
        turn = talk(text)
        assert "1. Tra cứu trường học" in turn.says[-1], text
        assert turn.at.node == "dau"


@pytest.mark.parametrize(
    "choice", ["2", "2.", "Thông báo mới nhất", "thong bao moi nhat", "có thông báo gì mới không"]
)
def test_choices_by_number_and_by_words_without_diacritics(choice):
    assert talk("chào", choice).says == ("• Tin",)


def test_schools_are_looked_up_until_one_goes_back():
    turn = talk("chào", "1", "phuong a")
    assert turn.says[0] == "Phường A có 1 trường"
    assert turn.at.expects == "school"
    assert talk("chào", "1", "phuong a", "0").at.node == "dau"


def test_another_wish_ends_the_looking_up():
    assert talk("chào", "1", "thông báo mới").says == ("• Tin",)


def test_a_question_in_words_is_answered_at_once():
    assert talk("trường nào ở phuong a vậy").says[0] == "Phường A có 1 trường"


def test_a_place_nobody_knows_is_told_as_such():
    said = talk("chào", "trường nào ở phường Không Có").says[0]
    assert said.startswith("Chưa tìm thấy xã, phường hay trường")
    long = talk("chào", "con tôi học trường ở xã bên bị bạn trêu từ đầu năm mà chưa thấy ai nói gì cả")
    assert "chưa hiểu" in long.says[0]


def test_numbers_keep_their_meaning_below_an_answer():
    turn = talk("chào", "2", "1")
    assert turn.at.node == "truong"


def test_a_case_is_taken_whole():
    assert talk("chào", "3", "ngắn").hand == ""
    turn = talk("chào", "3", "Trường tôi thu quỹ 500 nghìn mỗi cháu")
    assert (turn.hand, turn.at) == ("feedback", bot.At())
    assert talk("chào", "3", "0").at.node == "dau"


def test_misunderstood_twice_a_person_goes_on():
    assert talk("chào", "xyz").hand == ""
    assert talk("chào", "xyz", "abc").hand == "person"
    assert talk("chào", "xyz", "2", "abc").hand == ""  # understood in between


def test_a_person_on_demand_and_after_hours():
    assert talk("chào", "cho tôi gặp cán bộ").hand == "person"
    off = bot.Tools(schools=TOOLS.schools, news=TOOLS.news, open_now=False, opens="07:30 ngày 30/11/2026")
    assert "07:30 ngày 30/11/2026" in talk("chào", "4", tools=off).says[0]
    tree = {**TREE, "off": "Sở nghỉ, mời gọi 1900"}
    assert "mời gọi 1900" in talk("chào", "4", tree=tree, tools=off).says[0]


@pytest.mark.parametrize(
    ("moment", "open_now", "opens"),
    [
        ("2026-11-27T10:00", True, ""),
        ("2026-11-27T17:00", False, "07:30 ngày 30/11/2026"),
        ("2026-11-28T10:00", False, "07:30 ngày 30/11/2026"),
        ("2026-11-30T06:00", False, "07:30 ngày 30/11/2026"),
    ],
)
def test_office_hours(moment, open_now, opens):
    assert bot.office(TREE, dt.datetime.fromisoformat(moment), lambda day: day.weekday() < 5) == (open_now, opens)


def test_a_holiday_is_passed_over():
    assert bot.office(TREE, dt.datetime(2026, 12, 31, 18), lambda day: day != dt.date(2027, 1, 1))[1].endswith(
        "04/01/2027"
    )


def test_what_is_wrong_with_a_tree_is_named():
    assert bot.problems(TREE) == []
    tree = copy.deepcopy(TREE)
    tree["nodes"]["x"] = {"title": "Lạc", "kind": "text", "text": "", "words": [], "children": []}
    assert bot.problems(tree) == ["lost:Lạc", "empty_text:Lạc"]
    assert bot.problems({"nodes": {}}) == ["no_root"]


# — looking up —————————————————————————————————————————————————————————————————————
@pytest.fixture
def place(cast):
    ward = make_unit("Phường Trường Vinh", Kind.UBND_XA, cast.so)
    make_unit("Trường Tiểu học Hà Huy Tập", Kind.TIEU_HOC, ward)
    make_unit("Trường THCS Đặng Thai Mai", Kind.THCS, ward)
    make_unit("Trường Mầm non Hoa Sen", Kind.MAM_NON, ward)
    return ward


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "there", "absent"),
    [
        ("trường nào ở phường Trường Vinh?", "có 3 trường", "Sơn Thượng"),
        ("cho hoi truong tieu hoc o phuong truong vinh", "Hà Huy Tập", "Hoa Sen"),
        ("các trường mầm non tại Trường Vinh", "Hoa Sen", "Đặng Thai Mai"),
        ("trường cấp 2 ở xã Mường Sai", "Sơn Thượng", "Sơn Hạ"),
        ("trường THPT ở phường Trường Vinh", "Chưa có trường thuộc loại", "Hà Huy Tập"),
        ("trường THCS Sơn Thượng ở đâu", "Trường THCS Sơn Thượng ở Xã Mường Sai", "Trường Vinh"),
        ("trường THPT Lam Giang ở đâu ạ", "trực thuộc Sở", "Mường Sai"),
        ("trường ở phường Không Có", "", "x"),
        ("thời tiết hôm nay", "", "x"),
    ],
)
def test_which_schools_are_where(cast, place, asked, there, absent):
    found = lookup.schools(asked, cast.so.pk)
    assert there in found
    if there == "":
        assert found == ""
    assert absent not in found


@pytest.mark.django_db
def test_without_news_it_says_so(cast):
    assert lookup.news() == "Chưa có thông báo mới."


# — in a real chat —————————————————————————————————————————————————————————————————
@pytest.fixture
def running(cast):
    oa = zalo_account(cast.so)
    row = services.scenario_create(actor=cast.chief, unit_id=cast.so.pk, name="Zalo của Sở")
    services.scenario_publish(actor=cast.chief, scenario_id=row.pk)
    services.scenario_switch(actor=cast.chief, scenario_id=row.pk, active=True, account_ids=[oa.pk])
    return oa


def sayings():
    return [action.payload["text"] for action in Action.objects.order_by("pk")]


@pytest.mark.django_db
def test_the_bot_answers_and_nobody_has_to(cast, running, place):
    message(running, "Chào Sở")
    thread = Thread.objects.get()
    assert (thread.state, thread.due_at) == (State.BOT, None)
    message(running, "1")
    message(running, "phường Trường Vinh")
    assert "có 3 trường" in sayings()[-2]
    assert Remark.objects.filter(side=Side.BOT).count() == len(sayings())
    assert Chat.objects.get().expects == "school"


@pytest.mark.django_db
def test_the_same_message_twice_is_answered_once(running):
    for _time in range(3):
        message(running, "Chào Sở", key="m-once")
    assert len(sayings()) == 2


@pytest.mark.django_db
def test_a_case_reaches_the_inbox_with_a_clock_and_a_label(cast, running):
    for text in ("Chào", "3", "Trường tôi thu quỹ 500 nghìn mỗi cháu, nhờ Sở xem"):
        message(running, text)
    thread = Thread.objects.get()
    assert thread.state == State.OPEN
    assert thread.due_at == thread.last_in_at + dt.timedelta(hours=24)
    assert [tag.name for tag in thread.tags.all()] == ["Phản ánh"]
    said = len(sayings())
    # A person has it now: the bot is silent.
    message(running, "Có ai không ạ")
    assert len(sayings()) == said


@pytest.mark.django_db
def test_after_a_person_answered_thanks_are_not_met_with_a_menu(cast, running):
    for text in ("Chào", "gặp cán bộ"):
        message(running, text)
    thread = Thread.objects.get()
    services.thread_reply(actor=cast.editor, thread_id=thread.pk, text="Chào anh, tôi là Minh", turn=0)
    said = len(sayings())
    message(running, "Cảm ơn nhé")
    assert len(sayings()) == said
    services.thread_set_state(actor=cast.editor, thread_id=thread.pk, state=State.DONE)
    message(running, "menu")
    assert len(sayings()) == said + 2
    with clock.frozen(clock.now() + dt.timedelta(hours=13)):
        Thread.objects.update(state=State.DONE)
        message(running, "Chào", at=clock.now())
    assert len(sayings()) > said + 2


@pytest.mark.django_db
def test_danger_told_to_the_bot_presses(running):
    for text in ("Chào", "3", "Con tôi bị đánh hội đồng ở cổng trường"):
        message(running, text)
    assert Thread.objects.get().urgent


@pytest.mark.django_db
def test_switched_off_people_answer_everything(cast, running):
    services.scenario_switch(actor=cast.chief, scenario_id=Scenario.objects.get().pk, active=False, account_ids=[])
    message(running, "Chào")
    assert (Thread.objects.get().state, sayings()) == (State.OPEN, [])


# — writing scenarios ————————————————————————————————————————————————————————————————
@pytest.mark.django_db
def test_a_scenario_is_written_in_versions(cast, running):
    row = Scenario.objects.get()
    row, key = services.node_add(
        actor=cast.office, scenario_id=row.pk, revision=row.revision, parent="dau", title="Lịch thi", kind="text"
    )
    assert row.changed
    with pytest.raises(InvalidInput) as caught:
        services.scenario_publish(actor=cast.office, scenario_id=row.pk)
    assert "Lịch thi" in str(caught.value)
    row = services.node_save(
        actor=cast.office, scenario_id=row.pk, revision=row.revision, node=key, title="Lịch thi",
        text="Thi ngày 6 và 7/6.", words="thi tuyển sinh, ngày thi",
    )  # fmt: skip
    message(running, "ngày thi là hôm nào")
    assert "6 và 7/6" not in sayings()[-1]  # a draft does not run
    assert services.scenario_publish(actor=cast.office, scenario_id=row.pk).number == 2
    message(running, "ngày thi là hôm nào")
    assert sayings()[-1] == "Thi ngày 6 và 7/6."
    row = services.node_move(actor=cast.office, scenario_id=row.pk, revision=row.revision, node=key, up=True)
    assert row.tree["nodes"]["dau"]["children"][-2] == key
    row = services.node_remove(actor=cast.office, scenario_id=row.pk, revision=row.revision, node=key)
    assert key not in row.tree["nodes"]
    row = services.scenario_restore(actor=cast.office, scenario_id=row.pk, number=2)
    assert key in row.tree["nodes"]
    assert row.live.number == 2


@pytest.mark.django_db
def test_two_editors_do_not_overwrite_each_other(cast, running):
    row = Scenario.objects.get()
    common = {"scenario_id": row.pk, "revision": row.revision, "node": "tin", "title": "Tin", "text": "A"}
    services.node_save(actor=cast.office, **common)
    with pytest.raises(Conflict):
        services.node_save(actor=cast.chief, **common)


@pytest.mark.django_db
def test_who_writes_scenarios(cast, running):
    row = Scenario.objects.get()
    with pytest.raises(Refused):
        services.scenario_create(actor=cast.owner, unit_id=cast.so.pk, name="X")
    for who in ("owner", "outsider", "director"):
        with pytest.raises(NotFound):
            services.scenario_publish(actor=getattr(cast, who), scenario_id=row.pk)
    other = services.scenario_create(actor=cast.chief, unit_id=cast.so.pk, name="Hai")
    services.scenario_publish(actor=cast.chief, scenario_id=other.pk)
    with pytest.raises(Conflict):  # an account has one scenario
        services.scenario_switch(actor=cast.chief, scenario_id=other.pk, active=True, account_ids=[running.pk])
    page = facebook_account(cast.so)
    services.scenario_switch(actor=cast.chief, scenario_id=other.pk, active=True, account_ids=[page.pk])
    message(page, "Chào Sở")
    assert Thread.objects.get(account=page).state == State.BOT


@pytest.mark.django_db
def test_the_draft_is_tried_as_a_chat(cast, client, running, place):
    row = Scenario.objects.get()
    url = reverse("feedback:scenario", args=[row.pk])
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404
    client.force_login(cast.office)
    body = client.get(url).content.decode()
    assert "1. Tra cứu trường học" in body
    state = body.split('name="state" value="')[1].split('"')[0]
    preview = reverse("feedback:scenario_preview", args=[row.pk])
    body = client.post(preview, {"text": "1", "state": state}).content.decode()
    state = body.split('name="state" value="')[1].split('"')[0]
    body = client.post(preview, {"text": "phường Trường Vinh", "state": state}).content.decode()
    assert "Hà Huy Tập" in body
    assert client.post(preview, {"text": "chào", "state": "giả"}).status_code == 200
    assert not Action.objects.exists()
    assert not Thread.objects.exists()


@pytest.mark.django_db
def test_in_messenger_what_can_be_chosen_is_a_button(cast, running, place, settings):
    row = Scenario.objects.get()
    row, key = services.node_add(
        actor=cast.chief, scenario_id=row.pk, revision=row.revision, parent="dau",
        title="Hồ sơ chuyển trường cho học sinh", kind="text",
    )  # fmt: skip
    services.node_save(
        actor=cast.chief, scenario_id=row.pk, revision=row.revision, node=key,
        title="Hồ sơ chuyển trường cho học sinh", text="Đơn, học bạ, giấy giới thiệu.", words="",
    )  # fmt: skip
    services.scenario_publish(actor=cast.chief, scenario_id=row.pk, note="Thêm")
    page = facebook_account(cast.so)
    services.scenario_switch(actor=cast.chief, scenario_id=row.pk, active=True, account_ids=[running.pk, page.pk])
    with simulators(settings) as (facebook, _zalo):
        facebook.write(page.external_id, "Chào Sở", who="880")
        _hear(page, facebook)
        menu = facebook.state["messages"][-1]
        assert menu["ours"]
        titles = [title for title, _sends in menu["choices"]]
        assert titles[0] == "Tra cứu trường học"
        long_one = next(one for one in menu["choices"] if one[0].startswith("Hồ sơ"))
        assert len(long_one[0]) <= 20
        assert long_one[1] == "Hồ sơ chuyển trường cho học sinh"
        # The button says less than it stands for; the bot understands it all the same.
        facebook.write(page.external_id, long_one[0], who="880", choice=long_one[1])
        _hear(page, facebook)
        answer = facebook.state["messages"][-1]
        assert answer["message"] == "Đơn, học bạ, giấy giới thiệu."
        assert ["Về trang đầu", "0"] in answer["choices"]
        facebook.write(page.external_id, "Gửi phản ánh", who="880", choice="Gửi phản ánh")
        _hear(page, facebook)
        assert facebook.state["messages"][-1]["choices"] == [["Quay lại", "0"]]
        # Zalo's consultation messages have no buttons: the numbers stay.
        message(running, "Chào")
        assert "choices" not in Action.objects.filter(account=running).latest("pk").payload


def _hear(page, facebook):
    """The newest message of the visitor as its event tells it, and the answer carried out."""
    last = facebook.state["messages"][-1]
    words = {"mid": last["id"], "text": last["message"]}
    if last.get("choice"):
        words["quick_reply"] = {"payload": last["choice"]}
    line = {"sender": {"id": "880"}, "recipient": {"id": page.external_id},
            "timestamp": int(last["created"] * 1000), "message": words}  # fmt: skip
    said = hooks.words(page.external_id, "message", {"line": line})
    assert said is not None
    reading.tell(page, said)
    acting.drain()


def test_a_number_of_thousands_of_digits_is_a_choice_nobody_offered(running):
    message(running, "menu")
    message(running, "1" * 5000)
    assert Remark.objects.filter(side=Side.IN).count() == 2
    assert "chưa hiểu" in Remark.objects.filter(side=Side.BOT).latest("pk").masked
