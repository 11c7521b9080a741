from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "loa.demo"
    label = "demo"
    verbose_name = "Sở mẫu"

    def ready(self) -> None:
        from loa.core.bench import benches
        from loa.core.serving import before_serving, welcome_lines
        from loa.demo.people import login_lines
        from loa.demo.start import load_if_empty

        before_serving.register("demo", load_if_empty)
        welcome_lines.register("demo", login_lines)
        benches.register("pages", "loa.demo.bench")
        benches.register("plans", "loa.demo.bench_plans")
