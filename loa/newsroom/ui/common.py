"""What the newsroom's views share: who may come in, fields of a form, words after a deed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from loa.core.errors import AppError, NotFound
from loa.lib.typed import whole
from loa.newsroom.body import clean_body, from_marks
from loa.newsroom.models import GENRE_LABELS
from loa.newsroom.rules import Genre
from loa.plans.models import Task

View = Callable[..., HttpResponse]

GENRES = [(genre.value, GENRE_LABELS[genre]) for genre in Genre]
#: what the form of a story offers: a notice has a form of its own
STORY_GENRES = [pair for pair in GENRES if pair[0] != Genre.NOTICE]
TEXT_FIELDS = ("title", "lead", "byline", "genre", "video_url", "valid_until")


def staff(*methods: str) -> Callable[[View], View]:
    """For people who are logged in, by these methods."""

    def decorate(view: View) -> View:
        return login_required(require_http_methods(list(methods))(view))

    return decorate


def deed(view: View) -> View:
    """A POST that does one thing: an error becomes a banner on the page it came from, except 404 and its kin."""

    @wraps(view)
    def inner(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, **kwargs)
        except NotFound:
            raise
        except AppError as error:
            if error.status == 403:
                raise
            messages.error(request, str(error))
            return redirect(back(request, pk))

    return staff("POST")(inner)


def back(request: HttpRequest, pk: int) -> str:
    """Name or path to return to: the page that posted, when it is one of ours."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    if request.resolver_match and request.resolver_match.url_name in ("photo_consent", "comment_resolve"):
        return reverse("newsroom:stories")  # pk is that of the photo or remark
    return reverse("newsroom:story", args=[pk])


def base_version(post: QueryDict) -> int:
    """The version a form was filled on; a missing one is older than any."""
    found = whole(post.get("version"))
    return -1 if found is None else found


def fields_of(post: QueryDict) -> dict[str, Any]:
    """Fields of a story out of a form: only those the form has.

    The body comes as HTML from our editor (`body`), or as text with light marks from the bare textarea
    (`body_marks`). `answers` is "topic:12", "task:34" or empty.
    """
    fields: dict[str, Any] = {name: post[name] for name in TEXT_FIELDS if name in post}
    if "body" in post:
        fields["body"] = clean_body(str(post["body"]))
    elif "body_marks" in post:
        fields["body"] = from_marks(str(post["body_marks"]))
    if "flags" in post:
        for flag in str(post["flags"]).split():
            fields[flag] = flag in post
    if "place" in post:
        fields["on_main_portal"] = post["place"] != "own"
    if "answers" in post:
        kind, _colon, pk = str(post["answers"]).partition(":")
        fields["topic"] = whole(pk) if kind == "topic" else None
        fields["task"] = whole(pk) if kind == "task" else None
        if fields["task"]:
            fields["topic"] = Task.objects.filter(pk=fields["task"]).values_list("topic_id", flat=True).first()
    return fields
