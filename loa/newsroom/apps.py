from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NewsroomConfig(AppConfig):
    name = "loa.newsroom"
    label = "newsroom"
    verbose_name = "Tin bài"

    def ready(self) -> None:
        from loa.newsroom import workflow

        workflow.keep_wagtail_quiet()
        post_migrate.connect(workflow.ensure, sender=self, dispatch_uid="newsroom.workflow")
