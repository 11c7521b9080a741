"""Wagtail's own screens inside Loa: which of them are shown, to whom, and which pictures.

We show the picture library and its chooser; everything else has a screen of ours. What is not shown does not exist
(404), so that no view of Wagtail (pages, users, settings, reports) tells or changes more than memberships allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from wagtail.models import Collection
from wagtail.permission_policies.base import BasePermissionPolicy

from loa.newsroom.models import StoryImage
from loa.org import access
from loa.org.backends import permissions

#: beginnings of paths under /cms/ that are shown
SHOWN = (
    "images/",
    "jsi18n/",
    "sprite/",
    "tag-autocomplete/",
    "dismissibles/",
    "choose-external-link/",
    "choose-email-link/",
    "choose-phone-link/",
    "choose-anchor-link/",
    "editing-sessions/",
    "login/",
    "password_reset/",
)
#: pictures come in by our own form alone: it checks them and takes out place and camera
HIDDEN = ("images/add/", "images/multiple/", "images/chooser/create/", "images/usage/")

#: Wagtail's actions on a picture → ability on the unit that owns it
ACTIONS = {
    "choose": "story.read_drafts",
    "view": "story.read_drafts",
    "change": "story.review",
    "delete": "story.review",
}


class ImagePolicy(BasePermissionPolicy):
    """Pictures belong to units: a school sees and chooses its own, the board those of everyone below."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether the action is open to the person on any unit."""
        return action in ACTIONS and access.can(user, ACTIONS[action])

    def user_has_permission_for_instance(self, user: Any, action: str, instance: StoryImage) -> bool:
        """Whether the action is open on the unit that owns this picture."""
        if action not in ACTIONS or instance.unit_id is None:
            return False
        return access.can(user, ACTIONS[action], instance.unit_id)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        """Pictures on which one of the actions is open."""
        units = [access.units_where(user, ACTIONS[action]).values("pk") for action in actions if action in ACTIONS]
        found = StoryImage.objects.none()
        for subquery in units:
            found = found | StoryImage.objects.filter(unit__in=subquery)
        return found

    def collections_user_has_permission_for(self, user: Any, action: str) -> Any:
        """Collections are not used: units own pictures."""
        return Collection.objects.none()

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        """Collections are not used: units own pictures."""
        return Collection.objects.none()

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        """Not asked by the views we show; nobody is named."""
        from django.contrib.auth import get_user_model

        return get_user_model().objects.none()


def register() -> None:
    """Called in ready(), before Wagtail's image app registers its own policy (an exact class wins over that)."""
    from wagtail.permissions import register_permission_policy

    register_permission_policy(StoryImage, ImagePolicy(StoryImage), exact_class=True)
    permissions.register("wagtailadmin.access_admin", "story.read_drafts")


class CmsDoor:
    """Lets through what we show of Wagtail, to those who work on stories."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Home instead of Wagtail's dashboard, 404 for what is not shown, a word for those who may not enter."""
        if not request.path.startswith("/cms/"):
            return None
        rest = request.path.removeprefix("/cms/")
        if not rest:
            return redirect("console:home")
        if not rest.startswith(SHOWN) or rest.startswith(HIDDEN):
            return page_not_found(request, Http404())
        user = request.user
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            messages.error(request, _("Tài khoản này không làm việc với tin, bài nên không mở được thư viện ảnh."))
            return redirect("console:home")
        return None
