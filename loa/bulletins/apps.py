from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    name = "loa.bulletins"
    label = "bulletins"
    verbose_name = "Bản tin"

    def ready(self) -> None:
        from loa.bulletins import access, channels, selectors, texts
        from loa.bulletins.services import overtaken
        from loa.core.bench import benches
        from loa.core.nav import NavItem, nav
        from loa.newsroom import events

        for event in ("photo_taken_back", "story_changed"):
            getattr(events, event).register("bulletins.letters", getattr(overtaken, event))
        events.story_withdrawn.register("bulletins.letters", overtaken.story_gone)
        events.photo_taken_back.register("bulletins.channels", channels.photo_taken_back)
        events.story_withdrawn.register("bulletins.channels", channels.story_gone)
        texts.register()
        benches.register("bulletins", "loa.bulletins.bench")
        nav.register(
            "bulletins",
            NavItem(
                label=_("Bản tin"),
                icon="mail",
                url_name="bulletins:home",
                visible=access.sees_bulletins,
                count=selectors.waiting_for,
                urgent=True,
                prefixes=("bulletins:",),
            ),
            order=68,
        )
