"""Permissions of Wagtail's views come from memberships, and cost one query a request."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import User


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_story_people_may_enter_and_others_may_not(cast):
    assert fresh(cast.owner).has_perm("wagtailadmin.access_admin")
    assert fresh(cast.editor).has_perm("wagtailadmin.access_admin")
    assert not fresh(cast.director).has_perm("wagtailadmin.access_admin")
    assert not fresh(cast.admin).has_perm("wagtailadmin.access_admin")


def test_what_nobody_registered_is_refused(cast):
    assert not fresh(cast.chief).has_perm("wagtailusers.change_user")
    assert not fresh(cast.chief).has_perm("accounts.change_user")


def test_an_inactive_person_has_nothing(cast):
    cast.editor.is_active = False
    cast.editor.save()
    assert not fresh(cast.editor).has_perm("wagtailadmin.access_admin")


def test_asking_often_costs_one_query(cast):
    user = fresh(cast.editor)
    user.has_perm("wagtailadmin.access_admin")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(20):
            user.has_perm("wagtailadmin.access_admin")
    own = [q for q in queries if "org_" in q["sql"]]
    assert own == []


def test_the_backend_lets_nobody_in_by_password(cast):
    from loa.org.backends import MembershipBackend

    assert MembershipBackend().authenticate(None, username="x", password="y") is None
