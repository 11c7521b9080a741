"""The demo's pages: connected to the simulators, with a few stories waiting to go out at the first start."""

from __future__ import annotations

import datetime as dt

from loa.channels import services
from loa.channels.facebook import sim as facebook
from loa.channels.zalo import sim as zalo
from loa.demo.people import Cast
from loa.newsroom.channels import draft_of
from loa.newsroom.models import Story


def fill(cast: Cast, now: dt.datetime) -> int:
    """Enter and connect the pages, queue the newest stories. Returns how many posts wait."""
    chief, editor = cast.personas["ha"], cast.personas["minh"]
    common = {
        "decision_number": "418/QĐ-SGDĐT",
        "decided_on": dt.date(now.year - 1, 3, 12),
        "owner": "Văn phòng Sở",
        "first_admin": str(chief),
        "second_admin": str(editor),
        "verified": True,
    }
    pages = [
        services.account_save(
            actor=chief,
            account_id=None,
            unit_id=cast.so.pk,
            kind="facebook",
            fields={**common, "name": facebook.PAGE_NAME, "external_id": facebook.PAGE_ID},
        ),
        services.account_save(
            actor=chief,
            account_id=None,
            unit_id=cast.so.pk,
            kind="zalo",
            fields={**common, "name": zalo.OA_NAME, "external_id": zalo.OA_ID},
        ),
    ]
    services.account_connect(actor=chief, account_id=pages[0].pk, secret={"access_token": facebook.PAGE_TOKEN})
    services.account_connect(
        actor=chief,
        account_id=pages[1].pk,
        secret={
            "access_token": zalo.ACCESS,
            "refresh_token": zalo.REFRESH,
            "app_id": zalo.APP_ID,
            "app_secret": zalo.APP_SECRET,
            "webhook_secret": zalo.OA_SECRET,
        },
    )
    made = 0
    stories = Story.objects.filter(live=True, on_main_portal=True).order_by("-published_at")[:12]
    for story in stories:
        draft = draft_of(story)
        if not draft.pictures:
            continue
        for page in pages:
            at = now if made < 6 else now + dt.timedelta(days=1, hours=made)
            services.post_queue(
                actor=editor, account_id=page.pk, draft=draft, key=f"demo-{story.pk}:{page.pk}", at=at
            )
            made += 1
        if made >= 8:
            break
    return made
