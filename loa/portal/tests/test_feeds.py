"""Feeds: what they say, conditional requests, and the hub that tells of news."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from loa.core import clock
from loa.core.errors import InvalidInput
from loa.lib.http import Answer
from loa.portal import cache, feeds, hub
from loa.portal.models import FeedSubscriber, FeedTopic
from loa.portal.services import public_changed
from loa.portal.tests.factories import make_photo, make_plan, make_story, withdraw

pytestmark = pytest.mark.django_db
MAIN = "https://songlam.example"


@pytest.fixture
def story(town: Any) -> Any:
    [topic] = make_plan(town.so, "Văn hoá đọc")
    made = make_story(
        town.school, town.owner, "Ngày hội đọc & viết", topic=topic, body="<p>Toàn văn <b>đây</b>.</p>"
    )
    make_photo(made)
    return made


# — what feeds say ———————————————————————————————————————————————————————————————————
def test_json_feed(story: Any, client: Any) -> None:
    answer = client.get("/feed.json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    data = json.loads(answer.content)
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["feed_url"] == f"{MAIN}/feed.json"
    assert data["hubs"] == [{"type": "WebSub", "url": f"{MAIN}/websub/"}]
    [item] = data["items"]
    assert item["id"] == item["url"] == f"{MAIN}/tin/ngay-hoi-doc-viet-{story.pk}/"
    assert item["content_html"] == "<p>Toàn văn <b>đây</b>.</p>"
    assert dt.datetime.fromisoformat(item["date_published"]).utcoffset() == dt.timedelta(hours=7)
    assert item["tags"] == ["Văn hoá đọc"]
    assert item["image"].startswith(f"{MAIN}/anh/")


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json", "/truong/son-thuong/feed.json"])
def test_every_feed_leads_to_the_hub_and_to_itself(story: Any, client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer["Link"] == f'<{MAIN}/websub/>; rel="hub", <{MAIN}{path}>; rel="self"'
    assert f"{MAIN}/websub/" in answer.content.decode()
    assert f"{MAIN}{path}" in answer.content.decode()
    assert "Toàn văn" in answer.content.decode()


def test_xml_feeds_hold_the_whole_text_and_stay_well_formed(story: Any, client: Any) -> None:
    rss = ET.fromstring(client.get("/rss.xml").content)
    content = rss.find("./channel/item/{http://purl.org/rss/1.0/modules/content/}encoded")
    assert content is not None
    assert content.text == "<p>Toàn văn <b>đây</b>.</p>"
    atom = ET.fromstring(client.get("/atom.xml").content)
    name = "{http://www.w3.org/2005/Atom}"
    rels = {link.get("rel") for link in atom.findall(f"{name}link")}
    assert {"self", "hub"} <= rels
    assert atom.find(f"{name}entry/{name}content").text == "<p>Toàn văn <b>đây</b>.</p>"  # type: ignore[union-attr]


def test_topics_have_json_feeds_too(story: Any, client: Any) -> None:
    page = client.get(f"/chu-de/van-hoa-doc-{story.topic_id}/").content.decode()
    assert f"/chu-de/van-hoa-doc-{story.topic_id}/feed.json" in page
    data = client.get(f"/chu-de/van-hoa-doc-{story.topic_id}/feed.json").json()
    assert len(data["items"]) == 1


def test_queries_of_a_feed_do_not_grow(
    story: Any, town: Any, client: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        make_photo(make_story(town.school, town.owner))
    with django_assert_max_num_queries(6):
        client.get("/feed.json")


def test_conditions_by_tag_and_by_date(story: Any, client: Any) -> None:
    def page(environ: Any, start: Any) -> Any:
        answer = client.get(environ["PATH_INFO"])
        start(f"{answer.status_code} OK", list(answer.items()))
        return [answer.content]

    kept = cache.PageCache(page, version=cache.VersionWatch(lambda: 1, every=0))

    def ask(**headers: str) -> tuple[str, dict[str, str]]:
        said: list[Any] = []
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/feed.json", "HTTP_HOST": "songlam.example", **headers}
        kept(environ, lambda status, pairs, *_more: said.append((status[:3], dict(pairs))))
        return said[0]

    status, headers = ask()
    changed = headers["Last-Modified"]
    assert status == "200"
    assert ask(HTTP_IF_NONE_MATCH=headers["ETag"])[0] == "304"
    assert ask(HTTP_IF_MODIFIED_SINCE=changed)[0] == "304"
    assert ask(HTTP_IF_MODIFIED_SINCE="Mon, 01 Jan 2001 00:00:00 GMT")[0] == "200"
    assert ask(HTTP_IF_MODIFIED_SINCE="hôm qua")[0] == "200"
    assert ask(HTTP_IF_NONE_MATCH='"khac"', HTTP_IF_MODIFIED_SINCE=changed)[0] == "200"


def test_taking_down_a_story_changes_the_date_of_the_feed(story: Any, town: Any, client: Any) -> None:
    make_story(town.school, town.owner, "Tin cũ hơn")
    before = client.get("/rss.xml")["Last-Modified"]
    withdraw(story)
    type(story).objects.filter(pk=story.pk).update(stage_since=clock.now() + dt.timedelta(minutes=3))
    assert client.get("/rss.xml", headers={"if-modified-since": before}).status_code == 200


# — the hub ——————————————————————————————————————————————————————————————————————————
class Subscriber:
    """A callback on this machine, that says what the test wants."""

    def __init__(self) -> None:
        self.status, self.echo = 200, True
        self.asked: list[dict[str, str]] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Quiet."""

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                owner.asked.append(query)
                self._say(200 if owner.echo else 404, query["hub.challenge"].encode() if owner.echo else b"no")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self._say(owner.status, b"")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.callback = f"http://127.0.0.1:{self.port}/nhan?ma=7"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def subscriber(settings: Any) -> Iterator[Subscriber]:
    made = Subscriber()
    settings.LOA_WEBSUB_INSIDE = [f"127.0.0.1:{made.port}"]
    hub.door.cache_clear()
    yield made
    made.server.shutdown()
    hub.door.cache_clear()


def subscribe(client: Any, callback: str, topic: str = f"{MAIN}/atom.xml", **more: str) -> Any:
    form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback, **more}
    return client.post("/websub/", form)


def news(town: Any, title: str) -> None:
    make_story(town.school, town.owner, title)
    public_changed()


def test_who_subscribed_is_verified_and_gets_news_signed(
    story: Any, town: Any, client: Any, subscriber: Subscriber
) -> None:
    answer = subscribe(client, subscriber.callback, **{"hub.secret": "bí mật", "hub.lease_seconds": "60"})
    assert answer.status_code == 202
    hub.tend()
    [asked] = subscriber.asked
    assert (asked["hub.mode"], asked["ma"], asked["hub.lease_seconds"]) == ("subscribe", "7", "3600")
    assert subscriber.got == []
    hub.tend()
    assert subscriber.got == []
    news(town, "Tin nóng")
    hub.tend()
    hub.tend()
    [(headers, body)] = subscriber.got
    assert "Tin nóng" in body.decode()
    assert headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert f'<{MAIN}/atom.xml>; rel="self"' in headers["link"]
    signed = hmac.new("bí mật".encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature"] == f"sha256={signed}"
    assert "bí mật" not in FeedSubscriber.objects.get().secret
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        hub.tend()
    assert not FeedSubscriber.objects.exists()


def test_who_did_not_mean_it_gets_nothing(story: Any, town: Any, client: Any, subscriber: Subscriber) -> None:
    subscriber.echo = False
    subscribe(client, subscriber.callback)
    hub.tend()
    news(town, "Tin")
    hub.tend()
    assert len(subscriber.asked) == 1
    assert subscriber.got == []
    assert not FeedSubscriber.objects.exists()


def test_nobody_ends_anothers_subscription(story: Any, town: Any, client: Any, subscriber: Subscriber) -> None:
    subscribe(client, subscriber.callback)
    hub.tend()
    subscriber.echo = False
    for mode in ("unsubscribe", "subscribe"):
        form = {"hub.mode": mode, "hub.topic": f"{MAIN}/atom.xml", "hub.callback": subscriber.callback}
        client.post("/websub/", {**form, "hub.secret": "của kẻ khác"})
        hub.tend()
    row = FeedSubscriber.objects.get()
    assert (row.active, row.secret, row.asked) == (True, "", "")
    news(town, "Tin")
    hub.tend()
    assert len(subscriber.got) == 1
    assert "x-hub-signature" not in subscriber.got[0][0]
    subscriber.echo = True
    client.post("/websub/", {**form, "hub.mode": "unsubscribe"})
    hub.tend()
    assert not FeedSubscriber.objects.exists()


def test_a_callback_that_fails_is_tried_again_and_gone_ends_it(
    story: Any, town: Any, client: Any, subscriber: Subscriber
) -> None:
    subscribe(client, subscriber.callback)
    hub.tend()
    subscriber.status = 503
    news(town, "Tin")
    hub.tend()
    hub.tend()
    assert len(subscriber.got) == 1
    with clock.frozen(clock.now() + dt.timedelta(minutes=5)):
        subscriber.status = 204
        hub.tend()
        assert len(subscriber.got) == 2
        assert FeedSubscriber.objects.get().failures == 0
        subscriber.status = 410
        news(town, "Tin nữa")
        hub.tend()
    assert not FeedSubscriber.objects.exists()


def test_a_change_that_is_none_for_the_feed_is_not_delivered(
    story: Any, town: Any, client: Any, subscriber: Subscriber
) -> None:
    subscribe(client, subscriber.callback, topic=f"{MAIN}/truong/son-thuong/feed.json")
    hub.tend()
    make_story(town.thpt, town.outsider, "Tin của trường khác")
    public_changed()
    hub.tend()
    assert subscriber.got == []
    assert FeedTopic.objects.get().seen > 0


@pytest.mark.parametrize(
    "callback",
    [
        "http://127.0.0.1:1/", "https://127.0.0.1/", "https://[::1]/", "http://nguoi-doc.example/", "ftp://a.example/",
        "https://user:pass@a.example/", "https://169.254.169.254/latest", "https://a.example/#x", "", "https://",
    ],
)  # fmt: skip
def test_callbacks_inside_or_unencrypted_are_refused(story: Any, client: Any, callback: str) -> None:
    assert subscribe(client, callback).status_code == 400
    assert not FeedSubscriber.objects.exists()


@pytest.mark.parametrize(
    "topic",
    [f"{MAIN}/", f"{MAIN}/rss.xml?x=1", "https://khac.example/rss.xml", f"{MAIN}/lam-viec/", "", "x" * 600],
)
def test_only_our_own_feeds_are_topics(story: Any, client: Any, topic: str) -> None:
    assert subscribe(client, "https://nguoi-doc.example/nhan", topic=topic).status_code == 400


def test_bounds(story: Any, client: Any) -> None:
    assert subscribe(client, "https://a.example/n", **{"hub.secret": "x" * 200}).status_code == 400
    assert subscribe(client, "https://a.example/n", **{"hub.lease_seconds": "-1"}).status_code == 400
    assert client.post("/websub/", {"hub.mode": "publish", "hub.url": MAIN}).status_code == 400
    assert client.post("/websub/", "x" * 9000, content_type="text/plain").status_code == 413
    for number in range(hub.MOST_ASKED_PER_HOST):
        assert subscribe(client, f"https://a.example/{number}").status_code == 202
    assert subscribe(client, "https://a.example/mot-nua").status_code == 503
    assert subscribe(client, "https://b.example/mot").status_code == 202
    assert client.get("/websub/").status_code == 200


def test_what_is_never_verified_is_forgotten(story: Any, client: Any, monkeypatch: Any) -> None:
    subscribe(client, "https://a.example/n")

    class Dead:
        def get(self, *_args: Any, **_options: Any) -> Answer:
            from loa.lib.http import DoorError

            raise DoorError("slow")

    monkeypatch.setattr(hub, "door", Dead)
    now = clock.now()
    for minutes in range(6):
        with clock.frozen(now + dt.timedelta(minutes=minutes)):
            hub.tend()
    assert not FeedSubscriber.objects.exists()


def test_asking_for_nonsense_is_refused_in_words(story: Any) -> None:
    with pytest.raises(InvalidInput):
        hub.ask(mode="x", topic=f"{MAIN}/rss.xml", callback="https://a.example/")
    assert feeds.at_address("http://[") is None
