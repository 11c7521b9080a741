import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth


def fill(apps, schema_editor):
    """Add up what was counted before."""
    tally, made = apps.get_model("listening", "Tally"), apps.get_model("listening", "ToneSum")
    using = schema_editor.connection.alias
    tones = {tone: Sum("n", filter=Q(tone=tone)) for tone in ("pos", "neu", "neg")}
    rows = tally.objects.using(using).order_by()
    days = rows.filter(Q(about="") | Q(about__startswith="t:")).values_list("unit", "about", "day")
    months = rows.filter(about__startswith="v:").annotate(first=TruncMonth("day")).values_list("unit", "about", "first")
    for found in (days, months):
        found = found.annotate(**tones)
        made.objects.using(using).bulk_create(
            (
                made(unit_id=unit, about=about, first=first, pos=pos or 0, neu=neu or 0, neg=neg or 0)
                for unit, about, first, pos, neu, neg in found.iterator()
            ),
            batch_size=1000,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0007_tally_index"),
        ("org", "0002_event_choices"),
    ]

    operations = [
        migrations.CreateModel(
            name="ToneSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(blank=True, max_length=48)),
                ("first", models.DateField()),
                ("pos", models.IntegerField(default=0)),
                ("neu", models.IntegerField(default=0)),
                ("neg", models.IntegerField(default=0)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit", "first", "about", "pos", "neu", "neg"], name="listening_sum_first")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "about", "first"), name="listening_sum_once")
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
