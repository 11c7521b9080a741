from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "loa.newsroom"
    label = "newsroom"
    verbose_name = "Tin bài"

    def ready(self) -> None:
        from loa.core.nav import NavItem, nav
        from loa.newsroom import citations, deeds, indexing, lookover, selectors, services, texts, workflow
        from loa.newsroom.models import task_deeds
        from loa.newsroom.rules import Stage
        from loa.newsroom.services.reorganised import open_stakes, stories_moved
        from loa.org import events as org_events

        workflow.keep_wagtail_quiet()
        org_events.listeners.register("newsroom", stories_moved)
        org_events.stakes.register("newsroom", open_stakes)
        texts.register()
        deeds.register()
        lookover.register()
        citations.register()
        indexing.register()
        nav.register(
            "stories",
            NavItem(
                label=_("Tin bài"),
                icon="story",
                url_name="newsroom:stories",
                visible=selectors.sees_stories,
                count=selectors.waiting_for,
                urgent=True,
                phone=True,
            ),
            order=30,
        )
        # Wagtail's own ways of acting on a task come to the same services as our screens.
        task_deeds.register(f"{Stage.UNIT_REVIEW}.approve", services.story_approve_unit)
        task_deeds.register(f"{Stage.UNIT_REVIEW}.reject", services.story_return)
        task_deeds.register(f"{Stage.BOARD_REVIEW}.approve", services.story_publish)
        task_deeds.register(f"{Stage.BOARD_REVIEW}.reject", services.story_return)
        post_migrate.connect(workflow.ensure, sender=self, dispatch_uid="newsroom.workflow")
