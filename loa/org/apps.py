from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrgConfig(AppConfig):
    name = "loa.org"
    label = "org"
    verbose_name = "Đơn vị"

    def ready(self) -> None:
        from loa.org import seeds

        post_migrate.connect(seeds.after_migrate, sender=self, dispatch_uid="org.seeds")
        from loa.accounts import hooks
        from loa.org import guards

        hooks.privileged.register("org", guards.is_staff)
        hooks.kept_open.register("org", guards.last_administrators)
