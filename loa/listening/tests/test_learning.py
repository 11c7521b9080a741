"""Teaching: the queue of what Loa is least sure of, one tap each; training from it; going back."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.learn import Store
from loa.lib.learn import command as learning
from loa.listening import selectors, services
from loa.listening.command import main
from loa.listening.models import Correction, Item
from loa.listening.readers.model import Found
from loa.listening.services.learning import TheOffice
from loa.listening.why import why

pytestmark = pytest.mark.django_db

#: friendly and unfriendly words in one sentence
TORN = "Trường THCS Sơn Thượng có cô giáo tận tâm nhưng phụ huynh bức xúc vì nhà vệ sinh bẩn, mong sớm sửa"
CLEAR = "Phụ huynh bức xúc vì lạm thu ở Trường THCS Sơn Thượng, học sinh lo lắng, thất vọng"


@pytest.fixture
def store(tmp_path, monkeypatch):
    found = Store(tmp_path / "models", b"key")
    rooms = ("services.learning", "services.analysis", "selectors")
    for module in ("loa.lib.learn.command", *(f"loa.listening.{room}" for room in rooms)):
        monkeypatch.setattr(f"{module}.installed_store", lambda: found)
    monkeypatch.setattr("loa.listening.command._installed", lambda: True)
    return found


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")


def hear(source, *texts):
    services.store(source, [Found(external=text, text=text) for text in texts])
    services.analyse_waiting()


def doubt(text, margin):
    Item.objects.filter(text=text).update(margin=margin)


def get(user, status=200):
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("listening:learning"))
    assert answer.status_code == status
    return answer.content.decode()


def post(user, name, *args, htmx=False, **data):
    client = Client(headers={"HX-Request": "true"} if htmx else {})
    client.force_login(user)
    return client.post(
        reverse(f"listening:{name}", args=args), {key.replace("_", "-"): v for key, v in data.items()}
    )


def test_what_loa_is_least_sure_of_comes_first_and_once_judged_goes(cast, source, store):
    hear(source, TORN, CLEAR, TORN + " lần hai")
    torn, clear, other = Item.objects.order_by("pk")
    assert clear.margin > 0.15
    doubt(torn.text, 0.05)
    doubt(other.text, 0.01)
    Item.objects.update(copy_of=None)
    assert [item.pk for item in selectors.unsure(cast.office)] == [other.pk, torn.pk]
    assert selectors.unsure(cast.lead) == []
    text = get(cast.office)
    assert text.index("lần hai") < text.rindex("nhà vệ sinh bẩn, mong sớm sửa<")
    assert "bức xúc vì lạm thu" not in text
    # words of people were shown: that is written down
    assert LogEntry.objects.filter(action="listening.items.listed").latest("pk").data["items"] == [
        other.pk,
        torn.pk,
    ]
    # right as it is, and wrong
    answer = post(cast.office, "judge", other.pk, htmx=True, gia_tri=other.tone)
    assert "Đã ghi" in answer.content.decode()
    changed = "pos" if torn.tone != "pos" else "neu"
    post(cast.office, "judge", torn.pk, gia_tri=changed)
    torn.refresh_from_db()
    assert torn.tone == changed
    assert selectors.unsure(cast.office) == []
    assert {(row.was == row.now, row.item_id) for row in Correction.objects.all()} == {
        (True, other.pk),
        (False, torn.pk),
    }
    assert LogEntry.objects.filter(action="listening.item.confirmed").count() == 1
    services.item_confirm(actor=cast.office, item=other, field="tone")  # said twice, written once
    assert Correction.objects.count() == 2
    services.item_confirm(actor=cast.office, item=other, field="relevant")
    assert selectors.judged("relevant")[other.pk] == "yes"
    with pytest.raises(InvalidInput):
        services.item_confirm(actor=cast.office, item=other, field="units")


def test_who_may_teach(cast, source, store):
    hear(source, TORN)
    item = Item.objects.get()
    get(cast.lead, status=403)
    get(cast.owner, status=403)
    assert post(cast.lead, "judge", item.pk, gia_tri="pos").status_code == 403
    assert post(cast.outsider_lead, "judge", item.pk, gia_tri="pos").status_code == 404
    assert post(cast.lead, "train", viec="sentiment").status_code == 403
    assert post(cast.lead, "roll_back", viec="sentiment").status_code == 403
    assert not Correction.objects.exists()


def test_who_listens_for_a_commune_neither_trains_nor_rolls_back_for_all(
    cast, source, store, django_capture_on_commit_callbacks
):
    own = services.source_add(actor=cast.commune, unit=cast.xa, name="Nhóm xã", kind="hand", outlet="social")
    hear(own, TORN)
    item = Item.objects.get()
    with django_capture_on_commit_callbacks() as jobs:
        assert post(cast.commune, "train", viec="sentiment").status_code == 403
        assert post(cast.commune, "roll_back", viec="sentiment").status_code == 403
        for deed in (services.train_asked, services.model_roll_back):
            with pytest.raises(Refused):
                deed(actor=cast.commune, task="sentiment")
    assert jobs == []
    assert store.tasks() == []
    assert not LogEntry.objects.filter(action__startswith="listening.model").exists()
    # what its own sources bring is theirs to set right; the buttons for all are not shown
    text = get(cast.commune)
    assert "Cho Loa học" not in text
    assert "cơ quan đứng đầu cho Loa học" in text
    assert "Cho Loa học" in get(cast.office)
    assert post(cast.commune, "judge", item.pk, gia_tri=item.tone).status_code == 302
    assert Correction.objects.count() == 1


#: so that remarks are not each other with a number changed
FILL = [
    *("sáng", "chiều", "mưa", "nắng", "xe", "đạp", "sân", "cây", "ghế", "bàn", "sách", "vở", "bút", "mực", "áo"),
    *("mũ", "cặp", "nước", "gió", "núi", "suối", "cầu", "đường", "chợ", "nhà", "vườn", "hoa", "lá", "bưởi"),
    *("cam", "mít", "ổi", "xanh", "đỏ", "tím", "vàng", "nâu", "hồng", "bạc", "trắng"),
]


def filler(n):
    return " ".join(random.Random(n).sample(FILL, 10))


def teach(cast, source, count=160):
    """The office calls every remark about the kitchen negative, which no word list can know."""
    texts = [
        f"Học sinh {'khen bếp ăn' if n % 2 else 'khen thư viện'} của trường rất vui, {filler(n)}"
        for n in range(count)
    ]
    hear(source, *texts)
    Item.objects.update(copy_of=None, case=None, author="")
    for item in Item.objects.order_by("pk"):
        wanted = "neg" if "bếp ăn" in item.text else "pos"
        if item.tone == wanted:
            services.item_confirm(actor=cast.office, item=item, field="tone")
        else:
            services.item_correct(actor=cast.office, item=item, field="tone", value=wanted)


def test_from_taps_to_a_model_in_use_and_back(cast, source, store, capsys):
    teach(cast, source)
    examples = TheOffice().examples("sentiment")
    assert {one.label for one in examples} == {"neg", "pos"}
    assert len(examples) == 160
    assert "160" in get(cast.office)
    taught = services.train_office(actor=cast.office, task="sentiment")
    assert taught is not None
    assert taught.live
    assert Notice.objects.get(user=cast.office, code="listening.model_live").data["number"] == 1
    assert LogEntry.objects.filter(action="listening.model.trained").exists()
    hear(source, "Học sinh khen bếp ăn của trường sạch sẽ")
    item = Item.objects.latest("pk")
    assert item.tone == "neg"
    assert item.model.startswith("bootstrap-1+s:")
    text = get(cast.office)
    assert "Đang dùng mô hình số 1" in text
    # the report card: every class, the range, and what it was laid beside
    kept = store.all("sentiment")[0].model.about
    assert kept["comparison"]["before"] == 0
    assert kept["comparison"]["better"] is True
    low, high = (f"{value:.2f}".replace(".", ",") for value in kept["card"]["macro_range"])
    assert f"95 lần trong 100 nằm từ {low} đến {high}" in text
    assert "So với bộ từ có sẵn: +" in text
    card = text[text.index("Phiếu điểm mô hình số 1") :]
    assert all(f'<th scope="row">{name}</th>' in card for name in ("Tích cực", "Tiêu cực"))
    post(cast.office, "roll_back", viec="sentiment")
    assert store.live("sentiment") is None
    with pytest.raises(Conflict):
        services.model_roll_back(actor=cast.office, task="toxic")
    # the same from the command line, without a file
    assert main(["train", "--json"]) == 0
    assert '"number": 2' in capsys.readouterr().out


def test_what_is_about_education_is_learnt_from_taps_and_only_where_a_model_is_asked(cast, source, store):
    """The office says that notices of the driving school are not its business: the lists cannot know."""
    texts = [f"Lớp {'lái xe ban đêm' if n % 2 else 'mầm non'} khai giảng, {filler(n)}" for n in range(160)]
    hear(source, *texts)
    Item.objects.update(copy_of=None, case=None, author="")
    assert set(Item.objects.values_list("relevant", flat=True)) == {True}
    for item in Item.objects.order_by("pk"):
        if "lái xe" in item.text:
            post(cast.office, "judge", item.pk, gia_tri="khong")
        else:  # whoever judges its tone leaves it among what is about education
            services.item_confirm(actor=cast.office, item=item, field="tone")
    assert {one.label for one in TheOffice().examples("relevant")} == {"yes", "no"}
    assert len(TheOffice().examples("relevant")) == 160
    taught = services.train_office(actor=cast.office, task="relevant")
    assert taught is not None
    assert taught.live
    new = "Lớp lái xe ban đêm khai giảng", "Lớp mầm non khai giảng ở phường", "Mưa lớn ở thượng nguồn"
    hear(source, *new)
    said = dict(Item.objects.filter(text__in=new).values_list("text", "relevant"))
    assert [said[text] for text in new] == [False, True, False]
    assert "+r:" in Item.objects.latest("pk").model
    # the words that counted can be asked for
    item = Item.objects.get(text=new[0])
    assert any("lái" in reason.words for reason in dict(why(item).groups)["Về giáo dục"])
    # where nothing of schools stands no model is asked, and nobody is promised that it learns
    assert services.learns_from(item, "relevant")
    rain = Item.objects.get(text=new[2])
    answer = post(cast.office, "correct", rain.pk, htmx=True, muc="relevant", gia_tri="1").content.decode()
    assert "chưa học được từ nó" in answer
    post(cast.office, "roll_back", viec="relevant")
    hear(source, new[0] + " lần hai")
    assert Item.objects.latest("pk").relevant


def test_one_remark_passed_round_with_another_school_in_it_is_learnt_on_one_side_only(cast, source, store):
    """Else the kept part holds what was learnt by heart, and a model that knows nothing else goes live."""
    names = [cast.school.name, cast.primary.name, cast.thpt.name]
    round_going = [
        f"Các bác xem {name} thu tiền điều hòa rồi lại thu tiền rèm, phụ huynh mệt lắm" for name in names
    ]
    alone = f"Học sinh của trường rất vui, {filler(1)}"
    hear(source, *round_going, alone)
    Item.objects.update(copy_of=None, case=None)
    for item in Item.objects.all():
        services.item_confirm(actor=cast.office, item=item, field="tone")
    groups = {one.text: one.group for one in TheOffice().examples("sentiment")}
    assert len({groups[text] for text in round_going}) == 1
    assert groups[round_going[0]].startswith("like:")
    assert groups[alone] != groups[round_going[0]]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("tone", "neg", "làm mẫu cho lần học tới"),
        ("relevant", "0", "làm mẫu cho lần học tới"),
        ("topics", "+khen-thuong", "gợi ý ở Danh mục chủ đề"),
        ("units", "-school", "thêm tên gọi khác ở trang của đơn vị"),
    ],
)
def test_what_becomes_of_a_correction_is_told_field_by_field(cast, source, store, field, value, told):
    hear(source, TORN)
    item = Item.objects.get()
    if item.tone == value:
        value = "pos"
    value = value.replace("school", str(cast.school.pk))
    answer = post(cast.office, "correct", item.pk, htmx=True, muc=field, gia_tri=value).content.decode()
    assert told in answer
    assert Correction.objects.get().field == field


def test_too_little_to_learn_from_is_said(cast, source, store, capsys):
    assert main(["train"]) == 1
    assert "Chưa tin nào được sửa" in capsys.readouterr().err
    hear(source, TORN)
    services.item_confirm(actor=cast.office, item=Item.objects.get(), field="tone")
    assert services.train_office(actor=cast.office, task="sentiment") is None
    assert "ít nhất" in Notice.objects.get(code="listening.model_failed").data["why"]
    assert main(["train"]) == 1
    assert "ít nhất" in capsys.readouterr().err


def test_the_word_list_teaches_itself_while_nobody_labelled(cast, source, store, monkeypatch):
    assert services.teach_itself() is None
    monkeypatch.setattr("loa.listening.services.learning.ALONE_LEAST", 100)
    good, bad = "tận tâm, biết ơn", "bức xúc, thất vọng"
    hear(source, *(f"Phụ huynh lớp {n} bàn {n} {good if n % 2 else bad} với trường học" for n in range(240)))
    Item.objects.update(copy_of=None)
    number = services.teach_itself()
    model = store.live("sentiment")
    assert model is not None
    assert number == 1
    assert model.about["bootstrap"] is True
    # what people labelled is never replaced by it
    model.about["bootstrap"] = False
    store.use("sentiment", store.add(model), now=learning.dt.datetime.now(learning.dt.UTC))
    assert services.teach_itself() is None


def test_the_page_asks_the_same_questions_for_few_and_many(cast, source, store):
    def asked():
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("listening:learning"))
        return len(queries)

    hear(source, TORN)
    Item.objects.update(margin=0.01)
    few = asked()
    hear(source, *(f"{TORN} ý kiến số {n} của nhóm {n * 7}" for n in range(8)))
    Item.objects.update(margin=0.01, copy_of=None)
    assert asked() <= few + 1
