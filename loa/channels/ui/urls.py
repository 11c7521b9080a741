"""Addresses of the channels' screens (under /lam-viec/kenh/)."""

from django.urls import path

from loa.channels.ui import accounts, broadcasts, connecting, deliveries, lives, sms, templates, videos

app_name = "channels"
urlpatterns = [
    path("", deliveries.deliveries, name="deliveries"),
    path("lan-dang/<int:pk>/", deliveries.delivery, name="delivery"),
    path("lan-dang/<int:pk>/huy/", deliveries.cancel, name="cancel"),
    path("lan-dang/<int:pk>/thu-lai/", deliveries.retry, name="retry"),
    path("lan-dang/<int:pk>/quyet-dinh/", deliveries.decide, name="decide"),
    path("lan-dang/<int:pk>/lam-tay/", deliveries.review, name="review"),
    path("lan-dang/<int:pk>/da-lam-tay/", deliveries.done_by_hand, name="by_hand"),
    path("lan-dang/<int:pk>/sua/", deliveries.edit, name="edit"),
    path("lan-dang/<int:pk>/go/", deliveries.take_down, name="take_down"),
    path("dung/", deliveries.hold, name="hold"),
    path("dung/<int:pk>/bo/", deliveries.unhold, name="unhold"),
    path("truyen-thong/", broadcasts.broadcasts, name="broadcasts"),
    path("truyen-thong/moi/<int:pk>/", broadcasts.ask, name="broadcast_ask"),
    path("truyen-thong/<int:pk>/", broadcasts.broadcast, name="broadcast"),
    path("truyen-thong/<int:pk>/duyet/", broadcasts.approve, name="broadcast_approve"),
    path("truyen-thong/<int:pk>/khong/", broadcasts.decline, name="broadcast_decline"),
    path("phim/", videos.videos, name="videos"),
    path("phim/<int:pk>/", videos.play, name="video"),
    path("phim/<int:pk>/go/", videos.withdraw, name="video_withdraw"),
    path("truc-tiep/", lives.lives, name="lives"),
    path("truc-tiep/<int:pk>/", lives.live, name="live"),
    path("truc-tiep/<int:pk>/tao-lai/", lives.again, name="live_try"),
    path("truc-tiep/<int:pk>/len-song/", lives.begin, name="live_begin"),
    path("truc-tiep/<int:pk>/ket-thuc/", lives.end, name="live_end"),
    path("mau-tin/", templates.templates, name="templates"),
    path("mau-tin/<int:pk>/", templates.template, name="template"),
    path("mau-tin/dong-bo/<int:pk>/", templates.sync, name="templates_sync"),
    path("trang/", accounts.accounts, name="accounts"),
    path("trang/moi/", accounts.edit, name="account_new"),
    path("trang/ket-noi/", connecting.start, name="connect_start"),
    path("trang/ket-noi/<int:pk>/", connecting.pick, name="connect_pick"),
    path("ket-noi/<slug:kind>/", connecting.back, name="back"),
    path("trang/<int:pk>/cho-phep/", connecting.again, name="connect_again"),
    path("trang/<int:pk>/", accounts.edit, name="account"),
    path("trang/<int:pk>/nguoi-nhan/", sms.recipients, name="sms_recipients"),
    path("trang/<int:pk>/nguoi-nhan/<int:recipient>/go/", sms.remove, name="sms_remove"),
    path("trang/<int:pk>/ket-noi/", accounts.connect, name="connect"),
    path("trang/<int:pk>/kiem-tra/", accounts.check, name="check"),
    path("trang/<int:pk>/ngung-dung/", accounts.retire, name="account_retire"),
    path("trang/<int:pk>/dung-lai/", accounts.reuse, name="account_reuse"),
]
