"""Log-in and what guards it."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from loa.accounts import services
from loa.accounts.models import LoginSession, User
from loa.accounts.selectors import device_label
from loa.audit.models import LogEntry
from loa.core import clock
from loa.org.models import Membership
from loa.org.rules import Role
from loa.org.tests.factories import make_user

LOGIN = "/tai-khoan/dang-nhap/"
GOOD = "mat-khau-thu"
SECRET = "JBSWY3DPEHPK3PXP"
#: seconds a code is good for
PERIOD = 30


@pytest.fixture(autouse=True)
def no_rates_yet():
    cache.clear()


def log_in(client: Client, user: User, password: str = GOOD, **extra):
    return client.post(LOGIN, {"login": user.username, "password": password}, **extra)


def code(offset: int = 0) -> str:
    left = PERIOD - time.time() % PERIOD
    if left < 2:  # the code of a step that ends before it is posted is refused
        time.sleep(left)
    counter = next(iter(yield_hotp_counters_from_time())) + offset
    return format_hotp_value(hotp_value(SECRET, counter))


@pytest.fixture
def guarded(cast):
    TOTP.activate(cast.editor, SECRET)
    return cast.editor


def test_log_in_by_name_or_address_and_out_again(cast, client):
    cast.owner.email = "men@truong.edu.vn"
    cast.owner.save()
    for name in (cast.owner.username, cast.owner.username.upper(), "MEN@truong.edu.vn"):
        answer = client.post(LOGIN, {"login": name, "password": GOOD})
        assert (answer.status_code, answer["Location"]) == (302, "/lam-viec/")
        assert client.post("/tai-khoan/dang-xuat/").status_code == 302
        assert client.get("/lam-viec/").status_code == 302
    assert LogEntry.objects.filter(action="accounts.login", actor_id=cast.owner.pk).count() == 3


def test_the_log_in_page_is_ours_and_in_vietnamese(client, db):
    page = client.get(LOGIN).content.decode()
    assert "Tên đăng nhập hoặc địa chỉ thư" in page
    assert "Sign" not in page
    page = client.post(LOGIN, {"login": "ai-do", "password": "sai"}).content.decode()
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in page


def test_nobody_signs_up_and_unused_screens_are_not_there(client, cast):
    client.force_login(cast.owner)
    for path in ("signup/", "email/", "confirm-email/", "login/code/confirm/", "login/", "3rdparty/", "2fa/"):
        assert client.get(f"/tai-khoan/{path}").status_code == 404, path
    for name in ("account_signup", "account_email", "account_request_login_code"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_five_failures_lock_and_the_page_says_how_long(cast, client):
    for _n in range(4):
        assert log_in(client, cast.owner, "sai").status_code == 200
    answer = log_in(client, cast.owner, "sai")
    assert answer.status_code == 429
    assert "15 phút" in answer.content.decode()
    assert answer["Retry-After"] == "900"
    # The right password does not open it, neither does the address for the name.
    assert log_in(client, cast.owner).status_code == 429
    assert client.get("/lam-viec/").status_code == 302
    assert LogEntry.objects.filter(action="accounts.locked_out").exists()
    assert log_in(Client(REMOTE_ADDR="10.1.1.1"), cast.owner).status_code == 302


def test_name_and_address_share_one_counter(cast, client):
    cast.owner.email = "men@truong.edu.vn"
    cast.owner.save()
    for name in ("men@truong.edu.vn", cast.owner.username, "MEN@truong.edu.vn", cast.owner.username.upper()):
        client.post(LOGIN, {"login": name, "password": "sai"})
    assert log_in(client, cast.owner, "sai").status_code == 429


def test_the_second_factor_stands_before_everything(guarded, client):
    answer = log_in(client, guarded)
    assert answer["Location"].startswith("/tai-khoan/hai-lop/ma/")
    for path in ("/lam-viec/", "/cms/", "/cms/images/", "/tai-khoan/", "/tai-khoan/hai-lop/"):
        answer = client.get(path, follow=True)
        # The log-in page, which leads back to the question for the code.
        assert answer.redirect_chain[-1][0].startswith((LOGIN, "/tai-khoan/hai-lop/ma/")), path
    assert "Mã xác thực" in client.get("/tai-khoan/hai-lop/ma/").content.decode()
    answer = client.post("/tai-khoan/hai-lop/ma/", {"code": code()})
    assert answer["Location"] == "/lam-viec/"
    assert client.get("/tai-khoan/").status_code == 200


def test_guessing_codes_locks_even_from_many_addresses(guarded, client):
    log_in(client, guarded)
    for _n in range(4):
        answer = client.post("/tai-khoan/hai-lop/ma/", {"code": "000000"})
        assert "Mã chưa đúng" in answer.content.decode()
    assert client.post("/tai-khoan/hai-lop/ma/", {"code": "000000"}).status_code == 429
    assert client.post("/tai-khoan/hai-lop/ma/", {"code": code()}).status_code == 429
    for number in range(2):
        other = Client(REMOTE_ADDR=f"10.0.0.{number}")
        log_in(other, guarded)
        for _n in range(3):
            other.post("/tai-khoan/hai-lop/ma/", {"code": "000000"})
    last = Client(REMOTE_ADDR="10.9.9.9")
    assert log_in(last, guarded).status_code == 302
    assert last.post("/tai-khoan/hai-lop/ma/", {"code": code()}).status_code == 429
    assert last.get("/lam-viec/").status_code == 302


def test_a_recovery_code_works_once(guarded, client):
    spare = RecoveryCodes.activate(guarded).get_unused_codes()[0]
    log_in(client, guarded)
    assert client.post("/tai-khoan/hai-lop/ma/", {"code": spare})["Location"] == "/lam-viec/"
    client.post("/tai-khoan/dang-xuat/")
    log_in(client, guarded)
    assert client.post("/tai-khoan/hai-lop/ma/", {"code": spare}).status_code == 200
    assert client.get("/lam-viec/").status_code == 302


def test_the_second_factor_is_switched_on_and_off_by_its_owner(cast, client, django_capture_on_commit_callbacks):
    log_in(client, cast.editor)
    again = client.get("/tai-khoan/hai-lop/bat/")["Location"]
    assert again.startswith("/tai-khoan/xac-nhan-lai/")
    assert "Mật khẩu chưa đúng" in client.post(again, {"password": "sai"}).content.decode()
    client.post(again, {"password": GOOD})
    page = client.get("/tai-khoan/hai-lop/bat/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/tai-khoan/hai-lop/bat/", {"code": format_hotp_value(hotp_value(secret, counter))})
    assert answer["Location"] == "/tai-khoan/hai-lop/ma-du-phong/"
    for path in ("hai-lop/", "hai-lop/ma-du-phong/", "hai-lop/ma-du-phong/moi/", "hai-lop/tat/"):
        assert client.get(f"/tai-khoan/{path}").status_code == 200, path
    assert client.get("/tai-khoan/hai-lop/ma-du-phong/tai-ve/").content.decode().split()
    client.post("/tai-khoan/hai-lop/tat/")
    assert not Authenticator.objects.filter(user=cast.editor).exists()
    actions = set(LogEntry.objects.values_list("action", flat=True))
    assert {"accounts.second_factor_on", "accounts.second_factor_off"} <= actions


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/cms/login/", "/tai-khoan/dang-nhap/"),
        ("/cms/login/?next=/cms/", "/tai-khoan/dang-nhap/?next=/cms/"),
        ("/cms/password_reset/", "/tai-khoan/mat-khau/quen/"),
        ("/cms/password_reset/done/", "/tai-khoan/mat-khau/quen/"),
        ("/cms/password_reset/confirm/MQ/set-password/", "/tai-khoan/mat-khau/quen/"),
        ("/cms/password_reset/complete/", "/tai-khoan/mat-khau/quen/"),
    ],
)
def test_no_door_of_wagtail_leads_round_the_second_factor(cast, client, path, target):
    for user in (None, cast.owner):
        if user is not None:
            client.force_login(user)
        for answer in (client.get(path), client.post(path, {"username": "x", "password": "y"})):
            assert answer.status_code == 302
            assert answer["Location"] == target


def test_wagtails_screens_of_users_are_shut_even_for_a_superuser(cast, client):
    client.force_login(make_user("Siêu", is_superuser=True))
    for path in ("users/", "users/add/", "users/1/", "groups/", "groups/new/", "account/", "logout/", "pages/"):
        assert client.get(f"/cms/{path}").status_code == 404, path


def test_a_one_time_password_opens_only_the_page_to_change_it(cast, client):
    user, password = services.account_create(actor=None, full_name="Vi Thị Lan")
    Membership.objects.create(user=user, unit=cast.school, role=Role.CONTRIBUTOR, valid_from=dt.date(2026, 1, 1))
    log_in(client, user, password)
    for path in ("/lam-viec/", "/lam-viec/tim/?q=truong", "/cms/", "/tai-khoan/", "/tai-khoan/hai-lop/bat/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan/mat-khau/doi/"), path
    change = {"oldpassword": password, "password1": "suoi lam giang xanh", "password2": "suoi lam giang xanh"}
    assert (
        client.post("/tai-khoan/mat-khau/doi/", {**change, "password1": "ngan", "password2": "ngan"}).status_code
        == 200
    )
    user.refresh_from_db()
    assert user.must_change_password
    assert client.post("/tai-khoan/mat-khau/doi/", change)["Location"] == "/lam-viec/"
    assert client.get("/lam-viec/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.one_time_until) == (False, None)


def test_a_one_time_password_runs_out(cast, client):
    user, password = services.account_create(actor=None, full_name="Vi Thị Lan")
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        assert log_in(client, user, password)["Location"] == "/tai-khoan/mat-khau-mot-lan-het-han/"
        assert client.get("/tai-khoan/mat-khau-mot-lan-het-han/").status_code == 200
        assert client.get("/lam-viec/").status_code == 302


def test_a_closed_account_is_told_whom_to_ask_and_its_sessions_end(cast, client):
    log_in(client, cast.owner)
    services.account_disable(actor=None, user=cast.owner, reason="nghỉ việc")
    assert client.get("/lam-viec/").status_code == 302
    assert log_in(client, cast.owner)["Location"] == "/tai-khoan/dang-khoa/"
    assert "quản trị" in client.get("/tai-khoan/dang-khoa/").content.decode()


def test_staff_need_a_long_password_or_a_second_factor(cast, client, settings):
    settings.LOA_STRICT_ACCOUNTS = True
    log_in(client, cast.editor)
    assert client.get("/lam-viec/")["Location"] == "/tai-khoan/mat-khau-chua-du-manh/"
    assert client.get("/cms/images/")["Location"] == "/tai-khoan/mat-khau-chua-du-manh/"
    page = client.get("/tai-khoan/mat-khau-chua-du-manh/")
    assert page.status_code == 200
    change = {"oldpassword": GOOD, "password1": "suoi-lam-xanh", "password2": "suoi-lam-xanh"}
    answer = client.post("/tai-khoan/mat-khau/doi/", change)
    assert "14 ký tự" in answer.content.decode()
    change.update(password1="suoi-lam-giang-xanh", password2="suoi-lam-giang-xanh")
    assert client.post("/tai-khoan/mat-khau/doi/", change).status_code == 302
    assert client.get("/lam-viec/").status_code == 200
    # A contributor's short password is good enough; an editor's too, with a second factor.
    other = Client()
    log_in(other, cast.owner)
    assert other.get("/lam-viec/").status_code == 200
    TOTP.activate(cast.chief, SECRET)
    other = Client()
    log_in(other, cast.chief)
    other.post("/tai-khoan/hai-lop/ma/", {"code": code()})
    assert other.get("/lam-viec/").status_code == 200


def test_a_forgotten_password_is_set_anew_by_mail(cast, client, django_capture_on_commit_callbacks):
    cast.owner.email = "men@truong.edu.vn"
    cast.owner.must_change_password = True
    cast.owner.save()
    away = Client()
    away.force_login(cast.owner)
    assert client.post("/tai-khoan/mat-khau/quen/", {"email": "khong-co@truong.edu.vn"}).status_code == 302
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/tai-khoan/mat-khau/quen/", {"email": "men@truong.edu.vn"}).status_code == 302
    (message,) = mail.outbox
    assert message.subject == "Loa: Đặt lại mật khẩu"
    link = next(word for word in message.body.split() if "/mat-khau/dat-lai/" in word)
    path = "/" + link.split("/", 3)[3]
    page = client.get(path, follow=True)
    form = page.redirect_chain[-1][0]
    assert client.post(form, {"password1": "suoi lam giang", "password2": "suoi lam giang"}).status_code == 302
    cast.owner.refresh_from_db()
    assert cast.owner.check_password("suoi lam giang")
    assert not cast.owner.must_change_password
    assert client.get("/lam-viec/").status_code == 302, "no log-in without the password page"
    assert away.get("/lam-viec/").status_code == 302, "other devices are logged out"
    assert "Đường dẫn không dùng được nữa" in client.get(path, follow=True).content.decode()


def test_sessions_end_by_idleness_and_by_age(cast, client):
    start = clock.now()
    log_in(client, cast.owner)
    for hours in (4, 8, 11):
        with clock.frozen(start + dt.timedelta(hours=hours)):
            assert client.get("/lam-viec/").status_code == 200, hours
    with clock.frozen(start + dt.timedelta(hours=12, minutes=1)):
        assert client.get("/lam-viec/").status_code == 302
    log_in(client, cast.owner)
    with clock.frozen(clock.now() + dt.timedelta(hours=8, minutes=1)):
        assert client.get("/lam-viec/").status_code == 302
        assert "sau 8 giờ không dùng" in client.get(LOGIN).content.decode()


def test_one_person_is_logged_in_on_so_many_devices(cast, settings):
    settings.LOA_SESSIONS_PER_PERSON = 2
    clients = [Client(HTTP_USER_AGENT=f"Firefox/{n} Windows") for n in range(3)]
    for number, client in enumerate(clients):
        with clock.frozen(clock.now() + dt.timedelta(minutes=number)):
            log_in(client, cast.owner)
    assert [client.get("/lam-viec/").status_code for client in clients] == [302, 200, 200]


def test_own_devices_are_listed_and_ended_and_those_of_others_are_not(cast, client):
    log_in(client, cast.owner, HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile")
    other, stranger = Client(HTTP_USER_AGENT="Firefox Windows"), Client()
    log_in(other, cast.owner)
    log_in(stranger, cast.outsider)
    page = client.get("/tai-khoan/").content.decode()
    assert "Chrome trên Android" in page
    assert "Firefox trên Windows" in page
    theirs = LoginSession.objects.get(user=cast.outsider)
    assert client.post(f"/tai-khoan/thiet-bi/{theirs.pk}/ket-thuc/").status_code == 404
    assert stranger.get("/lam-viec/").status_code == 200
    mine = LoginSession.objects.get(user=cast.owner, agent="Firefox Windows")
    assert client.get(f"/tai-khoan/thiet-bi/{mine.pk}/ket-thuc/").status_code == 405
    client.post(f"/tai-khoan/thiet-bi/{mine.pk}/ket-thuc/")
    assert other.get("/lam-viec/").status_code == 302
    log_in(other, cast.owner)
    client.post("/tai-khoan/thiet-bi/ket-thuc/")
    assert (other.get("/lam-viec/").status_code, client.get("/lam-viec/").status_code) == (302, 200)
    assert Session.objects.count() >= 2


def test_changing_the_password_ends_the_other_sessions(cast, client):
    other = Client()
    log_in(client, cast.owner)
    log_in(other, cast.owner)
    new = "suoi lam giang xanh"
    client.post("/tai-khoan/mat-khau/doi/", {"oldpassword": GOOD, "password1": new, "password2": new})
    assert (client.get("/lam-viec/").status_code, other.get("/lam-viec/").status_code) == (200, 302)
    assert LoginSession.objects.filter(user=cast.owner).count() == 1


def test_contact_is_changed_only_with_the_password(cast, client):
    log_in(client, cast.owner)
    form = {"email": "moi@truong.edu.vn", "phone": "0912 345 678", "password": "sai"}
    assert client.post("/tai-khoan/lien-he/", form).status_code == 400
    cast.owner.refresh_from_db()
    assert cast.owner.email == ""
    assert client.post("/tai-khoan/lien-he/", {**form, "password": GOOD}).status_code == 302
    cast.owner.refresh_from_db()
    assert (cast.owner.email, cast.owner.phone) == ("moi@truong.edu.vn", "0912345678")
    cast.outsider.email = "kia@truong.edu.vn"
    cast.outsider.save()
    form = {"email": "KIA@truong.edu.vn", "phone": "", "password": GOOD}
    assert "đã có tài khoản" in client.post("/tai-khoan/lien-he/", form).content.decode()


def test_accounts_nobody_uses_are_closed(cast, settings):
    now = timezone.now()
    User.objects.update(date_joined=now - dt.timedelta(days=100), last_login=now - dt.timedelta(days=10))
    idle, fresh, opened = cast.owner, cast.colleague, cast.lead
    User.objects.filter(pk__in=[idle.pk, opened.pk, cast.admin.pk]).update(last_login=now - dt.timedelta(days=46))
    User.objects.filter(pk=fresh.pk).update(last_login=None, date_joined=now)
    User.objects.filter(pk=opened.pk).update(enabled_at=now - dt.timedelta(days=1))
    settings.LOA_DEMO = True
    assert services.close_idle_accounts() == 0
    settings.LOA_DEMO = False
    assert services.close_idle_accounts() == 1
    idle.refresh_from_db()
    assert (idle.is_active, idle.disabled_reason) == (False, "idle")
    assert User.objects.get(pk=cast.admin.pk).is_active, "the last administrator stays"
    assert LogEntry.objects.filter(action="accounts.closed").count() == 1
    assert services.close_idle_accounts() == 0


def test_words_for_devices():
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
    assert device_label(agent) == "Edge trên Windows"
    assert device_label("Mozilla/5.0 (iPhone; CPU) Safari/604") == "Safari trên iPhone"
    assert device_label("") == "Thiết bị không rõ"


def test_my_page_costs_the_same_with_many_devices(cast, client, django_assert_max_num_queries):
    log_in(client, cast.owner)
    for number in range(30):
        LoginSession.objects.create(user=cast.owner, session_key=f"k{number}", agent="Firefox Windows")
    client.get("/tai-khoan/")
    with django_assert_max_num_queries(14):
        client.get("/tai-khoan/")
