"""What comes: the next four weeks by topic, and who is asked what."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.core import charts
from loa.listening.ui.common import require_read
from loa.listening.watch.outlook import asked, outlooks


@login_required
def coming(request: HttpRequest) -> HttpResponse:
    """The next four weeks."""
    require_read(request.user)
    found = outlooks(request.user)
    return render(
        request,
        "listening/coming.html",
        {
            "rows": [
                (
                    one,
                    charts.spark(
                        [*one.last, *(week.expected for week in one.weeks)],
                        title=_("%(topic)s: tám tuần qua và bốn tuần tới") % {"topic": one.name},
                        hot=None,
                    ),
                    max(one.weeks, key=lambda week: week.season),
                )
                for one in found
            ],
            "asked": asked(request.user),
            "here": "coming",
        },
    )
