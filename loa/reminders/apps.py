from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "loa.reminders"
    label = "reminders"
    verbose_name = "Nhắc việc"

    def ready(self) -> None:
        from loa.core.bench import benches
        from loa.reminders import texts
        from loa.reminders.services import nudge
        from loa.reporting.events import units_reminded

        texts.register()
        units_reminded.register("reminders", nudge)
        benches.register("reminders", "loa.reminders.bench")
