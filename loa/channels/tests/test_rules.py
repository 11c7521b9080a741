import datetime as dt
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.channels import rules
from loa.channels.facebook.errors import classify, rest_after
from loa.channels.rules import Result
from loa.channels.zalo.errors import classify as zalo_classify


@given(st.text(max_size=400), st.integers(10, 200))
def test_fitted_text_is_nfc_and_within_the_limit(text, limit):
    found = rules.fitted(text, limit)
    assert len(found) <= limit
    assert found == unicodedata.normalize("NFC", found)


def test_fitted_text_ends_at_a_word():
    assert rules.fitted("Hội thi giáo viên dạy giỏi", 18) == "Hội thi giáo viên…"


def test_contract_05_nfc_and_nfd_are_one_text():
    text = "Trường học  hạnh phúc\n"
    assert rules.same_text(text, unicodedata.normalize("NFD", "Trường học hạnh phúc"))
    assert rules.fitted(unicodedata.normalize("NFD", "Trường" * 20), 50) == rules.fitted("Trường" * 20, 50)


@pytest.mark.parametrize(
    ("at", "until"),
    [("21:59", None), ("22:30", "06:00"), ("05:59", "06:00"), ("06:00", None)],
)
def test_quiet_hours_pass_midnight(at, until):
    hour, minute = map(int, at.split(":"))
    now = dt.datetime(2026, 11, 25, hour, minute)
    found = rules.quiet_until(now, dt.time(22), dt.time(6))
    assert (found and found.strftime("%H:%M")) == until
    if found:
        assert found > now
        assert found - now < dt.timedelta(hours=9)


@given(st.integers(1, 50), st.floats(0, 1))
def test_back_off_grows_and_ends(tries, dice):
    assert 0.7 * 15 <= rules.back_off(tries, dice) <= 1.3 * 1800


def error(code, sub=0, **more):
    return {"error": {"code": code, "error_subcode": sub, "message": f"(#{code})", **more}}


@pytest.mark.parametrize(
    ("status", "body", "result", "code"),
    [
        (200, {"id": "1"}, None, ""),
        (200, None, Result.UNKNOWN, "busy"),
        (502, None, Result.UNKNOWN, "busy"),
        (500, error(1), Result.UNKNOWN, "busy"),
        (400, error(32), Result.UNKNOWN, "throttled"),
        (400, error(190, 463), Result.ACCOUNT, "token_expired"),
        (400, error(190, 492), Result.ACCOUNT, "role_lost"),
        (403, error(200), Result.ACCOUNT, "permission"),
        (400, error(506), Result.UNKNOWN, "duplicate"),
        (400, error(324, 1366046), Result.REFUSED, "bad_picture"),
        (400, error(100, 33), Result.REFUSED, "gone"),
        (400, error(100), Result.REFUSED, "bad_content"),
        (400, error(368, 1390008), Result.LATER, "too_fast"),
        (400, error(100, is_transient=True), Result.UNKNOWN, "busy"),
    ],
)
def test_answers_of_facebook(status, body, result, code):
    found = classify(status, body)
    assert (found.result if found else None) == result
    assert not found or found.code == code


def test_a_token_that_is_a_persons_is_not_called_expired():
    body = error(190)
    body["error"]["message"] = "A Page access token is required before impersonating a user's page."
    assert classify(400, body).code == "permission"


def test_a_full_budget_slows_down():
    def header(percent, minutes=0):
        row = {"type": "pages", "call_count": percent, "estimated_time_to_regain_access": minutes}
        return {"x-business-use-case-usage": json.dumps({"1": [row]})}

    assert rest_after({}) == 0
    assert rest_after(header(50)) == 0
    assert rest_after(header(97)) >= 60
    assert rest_after(header(100, 5)) == 300
    assert rest_after({"x-app-usage": "not json"}) == 0


@pytest.mark.parametrize(
    ("body", "result", "code"),
    [
        ({"error": 0, "data": {}}, None, ""),
        ({"error": -216, "message": "Access token is invalid"}, Result.ACCOUNT, "token_expired"),
        ({"error": -32, "message": "reached limit"}, Result.RETRY, "throttled"),
        ({"error": -214, "message": "Article is being processed"}, Result.PROCESSING, "processing"),
        (
            {"error": -223, "message": "limit quota create article"},
            Result.REFUSED,
            "oa_quota",
        ),
        ({"error": -223, "message": "OA has not authorized this API"}, Result.ACCOUNT, "permission"),
        ({"error": -201, "message": "cover is invalid!"}, Result.REFUSED, "bad_content"),
        ({"what": 1}, Result.UNKNOWN, "busy"),
        (None, Result.UNKNOWN, "busy"),
    ],
)
def test_contract_01_an_error_of_zalo_under_status_200_is_a_failure(body, result, code):
    found = zalo_classify(200, body)
    assert (found.result if found else None) == result
    assert not found or found.code == code
