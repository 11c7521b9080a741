"""Public addresses. Every site has the same ones, at its host name or below /truong/<slug>/."""

from __future__ import annotations

from django.urls import include, path, register_converter

from loa.portal.comments import views as comments
from loa.portal.views import bulletins, feeds, find, hub, machines, notices, pages, press, push, subscribe


class SlugIdConverter:
    """ "mot-bai-hay-12": words for people, then the number that counts; any words, so that old ones redirect."""

    regex = r"(?:[^/]{0,400}-)?[0-9]{1,18}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(SlugIdConverter, "slugid")

app_name = "portal"

site_urls = [
    path("", pages.home, name="home"),
    path("tin-tuc/", pages.news, name="news"),
    path("tin/<slugid:key>/", pages.story, name="story"),
    path("tin/<slugid:key>/y-kien/", comments.comments, name="comments"),
    path("tin/<slugid:key>/y-kien/gui/", comments.comment, name="comment"),
    path("y-kien/", comments.find, name="comment_find"),
    path("y-kien/<str:code>/", comments.standing, name="comment_standing"),
    path("y-kien/<str:code>/go/", comments.take_back, name="comment_take_back"),
    path("y-kien/<str:code>/khieu-nai/", comments.appeal, name="comment_appeal"),
    path("chu-de/", pages.topics, name="topics"),
    path("chu-de/<slugid:key>/", pages.topic, name="topic"),
    path("chu-de/<slugid:key>/rss.xml", feeds.topic_rss, name="topic_rss"),
    path("chu-de/<slugid:key>/atom.xml", feeds.topic_atom, name="topic_atom"),
    path("chu-de/<slugid:key>/feed.json", feeds.topic_json, name="topic_json"),
    path("gioi-thieu/", pages.about, name="about"),
    path("tim-kiem/", find.search_page, name="search"),
    path("tro-nang/", pages.accessibility, name="accessibility"),
    path("ban-tin/", bulletins.issues, name="bulletins"),
    path("ban-tin/<slugid:key>/", bulletins.issue, name="bulletin"),
    path("nhan-tin/", subscribe.subscribe, name="subscribe"),
    path("nhan-tin/xem-thu/", subscribe.subscribed, name="subscribed"),
    path("thong-bao/", notices.in_force, name="notices"),
    path("thong-bao/da-het-hieu-luc/", notices.over, name="notices_over"),
    path("thong-bao/rss.xml", feeds.notices_feed, {"kind": "rss"}, name="notices_rss"),
    path("thong-bao/atom.xml", feeds.notices_feed, {"kind": "atom"}, name="notices_atom"),
    path("thong-bao/feed.json", feeds.notices_feed, {"kind": "json"}, name="notices_json"),
    path("thong-bao/tren-may-nay/", push.push_page, name="push"),
    path("thong-bao/bat/", push.push_on, name="push_on"),
    path("thong-bao/tat/", push.push_off, name="push_off"),
    path("bao-chi/", press.press_home, name="press"),
    path("bao-chi/ninjs.json", press.press_ninjs, name="press_ninjs"),
    path("bao-chi/mang/<slug:beat>/", press.press_home, name="press_beat"),
    path("bao-chi/mang/<slug:beat>/ninjs.json", press.press_ninjs, name="press_beat_ninjs"),
    path("bao-chi/<slugid:key>/", press.press_release, name="press_release"),
    path("bao-chi/<slugid:key>/ninjs.json", press.press_release_ninjs, name="press_release_ninjs"),
    path("rss.xml", feeds.site_feed, {"kind": "rss"}, name="rss"),
    path("atom.xml", feeds.site_feed, {"kind": "atom"}, name="atom"),
    path("feed.json", feeds.site_feed, {"kind": "json"}, name="json"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<slug:part>.xml", machines.sitemap_part, name="sitemap_part"),
]

urlpatterns = [
    *site_urls,
    path("truong/", find.directory_page, name="directory"),
    path("truong/<slug:site_slug>/", include((site_urls, "below"))),
    path("don-vi/<slugid:key>/", pages.unit, name="unit"),
    path("nhan-tin/xac-nhan/<str:token>/", subscribe.confirm, name="confirm"),
    path("nhan-tin/huy/<str:token>/", subscribe.leave, name="leave"),
    path("nhan-tin/tuy-chon/<str:token>/", subscribe.preferences, name="preferences"),
    path("nhan-tin/tuy-chon/<str:token>/xoa/", subscribe.erase, name="letters_erase"),
    path("bao-chi/rieng/<str:key>/", press.press_private, name="press_private"),
    path("bao-chi/thoi-nhan/<str:token>/", press.press_leave, name="press_leave"),
    path("bao-chi/tep/<int:release_id>/thong-cao.<slug:ending>", press.press_document, name="press_document"),
    path("bao-chi/tep/<int:release_id>/anh.zip", press.press_photos, name="press_photos"),
    path("bao-chi/tep/<int:release_id>/<int:file_id>-<slug:version>/", press.press_file, name="press_file"),
    path("bao-chi/anh/<int:photo_id>-<slug:version>-<slug:size>.jpg", press.press_photo, name="press_photo"),
    path("websub/", hub.hub, name="hub"),
    path("sw.js", push.worker, name="worker"),
    path("robots.txt", machines.robots, name="robots"),
    path("anh/<int:photo_id>-<slug:version>/<slug:size>.<slug:ending>", machines.image, name="image"),
]
