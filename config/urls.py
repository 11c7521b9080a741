"""Addresses. Staff work under /lam-viec/, Wagtail's own screens under /cms/, the rest is public."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from loa.agenda.ui.views import feed as calendar_feed
from loa.channels.inbound.views import hook, sms_report, zalo_verifier
from loa.channels.ui.links import follow
from loa.channels.ui.pictures import picture
from loa.core.health import healthz
from loa.core.media import media
from loa.listening.ui.ways import push as listening_push
from loa.reminders.ui.views import stop as stop_reminders


def nowhere(request: HttpRequest) -> HttpResponse:
    """404."""
    raise Http404


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("media/<path:path>", media),
    path("tai-khoan/", include("loa.accounts.urls")),
    # Wagtail's own log-in would by-pass the second factor, its user screens our roles: shadowed, with all below
    # them, before its urls are included.
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    re_path("^cms/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    re_path("^cms/(users|groups|account|logout)/", nowhere),
    path("cms/", include(wagtailadmin_urls)),
    path("lam-viec/", include("loa.console.urls")),
    path("lam-viec/don-vi/", include("loa.org.ui.urls")),
    path("lam-viec/ke-hoach/", include("loa.plans.ui.urls")),
    path("lam-viec/van-ban/", include("loa.plans.ui.legal_urls")),
    path("lam-viec/nhiem-vu/", include("loa.plans.ui.task_urls")),
    path("lam-viec/ban-tin/", include("loa.bulletins.ui.urls")),
    path("lam-viec/bao-chi/", include("loa.press.ui.urls")),
    path("lam-viec/tin-bai/", include("loa.newsroom.ui.urls")),
    path("lam-viec/hop-thu/", include("loa.feedback.ui.urls")),
    path("lam-viec/van-de-nong/", include("loa.incidents.ui.urls")),
    path("lam-viec/du-luan/", include("loa.listening.ui.urls")),
    path("nhan/du-luan/<int:pk>/", listening_push, name="listening_push"),
    path("lam-viec/kenh/", include("loa.channels.ui.urls")),
    path("kenh/nhan/<slug:kind>/", hook, name="channel_hook"),
    re_path(r"^zalo_verifier(?P<code>[A-Za-z0-9_-]{1,120})\.html$", zalo_verifier, name="zalo_verifier"),
    path("kenh/sms/<int:account_id>/<str:token>/", sms_report, name="sms_report"),
    path("kenh/anh/<str:key>.jpg", picture, name="channel_picture"),
    path("k/<str:code>", follow, name="channel_link"),
    path("lam-viec/tien-do/", include("loa.reporting.ui.urls")),
    path("lam-viec/lich/", include("loa.agenda.ui.urls")),
    path("lam-viec/bao-cao/", include("loa.reporting.ui.report_urls")),
    path("lam-viec/nhac-viec/", include("loa.reminders.ui.urls")),
    path("nhac-viec/<str:token>/", stop_reminders, name="reminders_stop"),
    path("lam-viec/trang/", include("loa.portal.ui.urls")),
    path("lich/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("", include("loa.portal.urls")),
]

handler404 = "loa.portal.views.errors.not_found"
