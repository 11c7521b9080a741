"""Opening and setting up sites: by whom, with what, and what the public then sees."""

from __future__ import annotations

import unicodedata

import pytest
from django.test import Client

from loa.audit.models import LogEntry
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.portal import access, services
from loa.portal.models import FormerSlug, MemberSite, PublicVersion
from loa.portal.tests.factories import make_site, make_story


def version() -> int:
    row = PublicVersion.objects.first()
    return row.value if row else 0


def logged(user) -> Client:
    client = Client(HTTP_HOST="songlam.example")
    client.force_login(user)
    return client


ABOUT = {"intro": "", "governing": "", "responsible": "", "address": "", "email": "", "phone": ""}


def form_of(site: MemberSite, **changes: str) -> dict[str, str]:
    return {
        "version": str(site.version), "palette": site.palette, "emblem": "", "letters": "", "lead_story": "",
        **ABOUT, **changes,
    }  # fmt: skip


# — opening ——————————————————————————————————————————————————————————————————————————
def test_an_administrator_opens_a_site(town):
    before = version()
    site = services.site_open(
        unit=town.primary, actor=town.admin, slug="Tiểu học Sơn Hạ", palette="lotus", emblem="sh"
    )
    assert (site.slug, site.name, site.palette, site.emblem) == (
        "tieu-hoc-son-ha",
        town.primary.name,
        "lotus",
        "SH",
    )
    assert LogEntry.objects.filter(action="portal.site_open", object_id=site.pk).count() == 1
    assert version() == before + 1
    again = services.site_open(unit=town.primary, actor=None)
    assert again.pk == site.pk


def test_nobody_else_opens_a_site(town):
    for user in (town.owner, town.lead, town.chief, town.outsider_lead, town.editor):
        with pytest.raises(Refused):
            services.site_open(unit=town.primary, actor=user)
    assert not MemberSite.objects.filter(unit=town.primary).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "!!!"}, "slug"),
        ({"host": "http://a.vn"}, "host"),
        ({"host": "truong"}, "host"),
        ({"palette": "#ff0000"}, "palette"),
        ({"emblem": "<b>"}, "emblem"),
        ({"emblem": "ABCDE"}, "emblem"),
        ({"intro": "x" * 5000}, "intro"),
    ],
)
def test_bad_values_are_refused_with_the_field_named(town, wrong, field):
    with pytest.raises(InvalidInput) as refused:
        services.site_open(unit=town.primary, actor=town.admin, **wrong)
    assert refused.value.field == field
    assert not MemberSite.objects.filter(unit=town.primary).exists()


def test_a_host_the_server_may_not_serve_is_refused(town, settings):
    settings.ALLOWED_HOSTS = [".songlam.example"]
    with pytest.raises(InvalidInput, match="LOA_ALLOWED_HOSTS"):
        services.site_open(unit=town.primary, actor=town.admin, host="truong.edu.vn")
    site = services.site_open(unit=town.primary, actor=town.admin, host="SonHa.SongLam.example.")
    assert site.host == "sonha.songlam.example"


def test_paths_and_hosts_are_taken_once(town):
    with pytest.raises(Conflict):
        services.site_open(unit=town.primary, actor=town.admin, slug="son-thuong")
    services.site_move(unit_id=town.school.pk, actor=town.admin, slug="truong-moi", host="")
    assert FormerSlug.objects.get().slug == "son-thuong"
    with pytest.raises(Conflict, match="son-thuong"):
        services.site_open(unit=town.primary, actor=town.admin, slug="son-thuong")
    services.site_move(unit_id=town.school.pk, actor=town.admin, slug="son-thuong", host=None)
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["truong-moi"]
    assert Client().get("/truong/truong-moi/", HTTP_HOST="songlam.example")["Location"] == "/truong/son-thuong/"


def test_only_administrators_move_a_site(town):
    for user in (town.lead, town.chief):
        with pytest.raises((Refused, NotFound)):
            services.site_move(unit_id=town.school.pk, actor=user, slug="khac", host=None)
    town.site.refresh_from_db()
    assert town.site.slug == "son-thuong"


# — setting up ———————————————————————————————————————————————————————————————————————
def test_who_may_set_up_a_site(town):
    focal = make_user("Đầu mối", (Role.FOCAL, town.school))
    may = {user.full_name for user in (
        town.owner, town.colleague, town.lead, focal, town.commune, town.editor, town.chief, town.admin,
        town.outsider, town.outsider_lead, town.director,
    ) if access.may_edit(user, town.school.pk)}  # fmt: skip
    assert may == {town.lead.full_name, focal.full_name, town.admin.full_name}


def test_the_unit_lead_sets_up_the_site(town):
    story = make_story(town.school, town.owner, "Tin của trường")
    before = version()
    response = logged(town.lead).post(
        f"/lam-viec/trang/{town.school.pk}/",
        form_of(
            town.site, palette="board", emblem="nui", lead_story=str(story.pk), phone="0238 3 123 456",
            intro=unicodedata.normalize("NFD", "Trường ở bản Sơn Thượng\r\n\r\nĐoạn hai"),
            responsible="Hiệu trưởng",
        ),
    )  # fmt: skip
    assert response.status_code == 302
    site = MemberSite.objects.get(pk=town.site.pk)
    assert (site.palette, site.emblem, site.lead_story_id, site.version) == ("board", "nui", story.pk, 1)
    assert site.intro == "Trường ở bản Sơn Thượng\n\nĐoạn hai"
    assert version() == before + 1
    entry = LogEntry.objects.get(action="portal.site_update")
    assert entry.actor_id == town.lead.pk
    assert entry.data["changed"]["palette"] == ["river", "board"]
    page = Client().get("/truong/son-thuong/", HTTP_HOST="songlam.example").content.decode()
    assert '<body class="" data-mau="board">' in page
    assert "0238 3 123 456" in page


@pytest.mark.parametrize("who", ["owner", "outsider_lead", "commune", "editor"])
def test_others_find_no_such_screen_and_change_nothing(town, who):
    client = logged(getattr(town, who))
    path = f"/lam-viec/trang/{town.school.pk}/"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}xem-truoc/").status_code == 404
    assert client.post(path, form_of(town.site, palette="board")).status_code == 404
    assert client.post(f"{path}dia-chi/", {"slug": "khac"}).status_code == 404
    assert client.post(f"/lam-viec/trang/mo/{town.primary.pk}/").status_code == 404
    assert MemberSite.objects.get(pk=town.site.pk).palette == "river"
    assert MemberSite.objects.count() == 2


def test_strangers_are_sent_to_log_in(town):
    for path in ("", f"{town.school.pk}/", f"{town.school.pk}/xem-truoc/"):
        response = Client().get(f"/lam-viec/trang/{path}")
        assert response.status_code == 302
        assert "/tai-khoan/" in response["Location"]


def test_a_second_editor_is_told_and_loses_nothing(town):
    client = logged(town.lead)
    path = f"/lam-viec/trang/{town.school.pk}/"
    stale = form_of(town.site, intro="Bản của tôi")
    services.site_update(
        unit_id=town.school.pk,
        actor=town.lead,
        version=0,
        palette="sky",
        emblem="",
        **{**ABOUT, "intro": "Bản kia"},
    )
    response = client.post(path, stale)
    assert response.status_code == 422
    body = response.content.decode()
    assert "đã được người khác lưu" in body
    assert "Bản của tôi" in body
    assert MemberSite.objects.get(pk=town.site.pk).intro == "Bản kia"
    assert client.post(path, {**stale, "version": "1"}).status_code == 302
    assert MemberSite.objects.get(pk=town.site.pk).intro == "Bản của tôi"


def test_wrong_values_keep_the_form_filled(town):
    client = logged(town.lead)
    path = f"/lam-viec/trang/{town.school.pk}/"
    for wrong in (
        {"palette": "#123456"},
        {"letters": "<b>"},
        {"phone": "gọi nhé"},
        {"email": "x"},
        {"version": "z"},
    ):
        response = client.post(path, form_of(town.site, intro="Giữ lại", **wrong))
        assert response.status_code == 422, wrong
        assert "Giữ lại" in response.content.decode()
    assert MemberSite.objects.get(pk=town.site.pk).version == 0


def test_only_a_public_story_of_the_site_leads_it(town):
    foreign = make_story(town.thpt, town.outsider, "Của trường khác")
    draft = make_story(town.school, town.owner, "Nháp", live=False)
    for story in (foreign, draft):
        with pytest.raises(InvalidInput):
            services.site_update(
                unit_id=town.school.pk, actor=town.lead, version=0, palette="sky", emblem="",
                lead_story_id=story.pk, **ABOUT,
            )  # fmt: skip
    assert MemberSite.objects.get(pk=town.site.pk).lead_story is None
    choices = logged(town.lead).get(f"/lam-viec/trang/{town.school.pk}/").content.decode()
    assert "Nháp" not in choices
    assert "Của trường khác" not in choices


def test_preview_changes_nothing(town):
    response = logged(town.lead).get(
        f"/lam-viec/trang/{town.school.pk}/xem-truoc/?palette=flame&emblem=&letters=xy"
    )
    body = response.content.decode()
    assert 'data-mau="flame"' in body
    assert ">XY<" in body
    assert "<html" not in body
    assert MemberSite.objects.get(pk=town.site.pk).palette == "river"
    hostile = logged(town.lead).get(f"/lam-viec/trang/{town.school.pk}/xem-truoc/?palette=x&letters=<b>")
    assert "<b><" not in hostile.content.decode()


def test_lists_of_sites(town, django_assert_max_num_queries):
    client = logged(town.admin)
    client.get("/lam-viec/trang/")
    body = client.get("/lam-viec/trang/?q=son").content.decode()
    assert "Trường THCS Sơn Thượng" in body
    assert "Trường Tiểu học Sơn Hạ" in body  # has no site yet: offered for opening
    assert client.post(f"/lam-viec/trang/mo/{town.primary.pk}/").status_code == 302
    assert MemberSite.objects.filter(unit=town.primary).exists()
    assert logged(town.lead).get("/lam-viec/trang/")["Location"].endswith(f"/{town.school.pk}/")
    empty = logged(town.outsider_lead).get("/lam-viec/trang/")
    assert empty.status_code == 200
    assert "Sơn Thượng" not in empty.content.decode()


def test_the_public_links_of_a_story(town):
    from loa.newsroom.answers import public_links

    story = make_story(town.school, town.owner, "Hai nơi")
    path = f"/tin/hai-noi-{story.pk}/"
    links = [link for source in public_links for link in source(story)]
    assert links == [
        ("Cổng Sông Lam", f"https://songlam.example{path}"),
        (town.site.name, f"https://songlam.example/truong/son-thuong{path}"),
    ]
    story.live = False
    assert [link for source in public_links for link in source(story)] == []


def test_the_addresses_of_many_stories_cost_two_queries(town, django_assert_num_queries):
    from loa.newsroom.models import Story
    from loa.portal.listeners import addresses_of

    first = make_story(town.school, town.owner, "Bài đầu")
    own = make_story(town.school, town.owner, "Chỉ ở trường", on_main_portal=False)
    gone = make_story(town.school, town.owner, "Đã gỡ", live=False)
    for n in range(8):
        make_story(town.school, town.owner, f"Bài {n}")
    stories = list(Story.objects.select_related("unit"))
    with django_assert_num_queries(2):
        found = addresses_of(stories)
    assert len(found) == 10
    assert found[first.pk] == f"https://songlam.example/tin/bai-dau-{first.pk}/"
    assert found[own.pk] == f"https://songlam.example/truong/son-thuong/tin/chi-o-truong-{own.pk}/"
    assert gone.pk not in found


def test_a_site_without_queries_per_site(town, django_assert_num_queries):
    from loa.portal.selectors.sites import place_at

    for n in range(30):
        make_site(make_user_unit(town, n), slug=f"nhieu-{n}")
    with django_assert_num_queries(1):
        place = place_at("songlam.example:8000", "nhieu-7")
    assert place.site.slug == "nhieu-7"


def make_user_unit(town, n):
    from loa.org.tests.factories import make_unit

    return make_unit(f"Trường THCS Thứ {n}", parent=town.xa)
