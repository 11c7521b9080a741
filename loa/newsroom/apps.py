from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NewsroomConfig(AppConfig):
    name = "loa.newsroom"
    label = "newsroom"
    verbose_name = "Tin bài"

    def ready(self) -> None:
        from loa.newsroom import lookover, services, texts, workflow
        from loa.newsroom.models import task_deeds
        from loa.newsroom.rules import Stage

        workflow.keep_wagtail_quiet()
        texts.register()
        lookover.register()
        # Wagtail's own ways of acting on a task come to the same services as our screens.
        task_deeds.register(f"{Stage.UNIT_REVIEW}.approve", services.story_approve_unit)
        task_deeds.register(f"{Stage.UNIT_REVIEW}.reject", services.story_return)
        task_deeds.register(f"{Stage.BOARD_REVIEW}.approve", services.story_publish)
        task_deeds.register(f"{Stage.BOARD_REVIEW}.reject", services.story_return)
        post_migrate.connect(workflow.ensure, sender=self, dispatch_uid="newsroom.workflow")
