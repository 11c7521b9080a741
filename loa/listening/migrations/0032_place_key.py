from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("listening", "0031_digest_keeper")]

    operations = [
        migrations.AddField("source", "place_key", models.CharField(blank=True, default="", max_length=40), False),
        migrations.RemoveConstraint("source", "listening_ours_once"),
        migrations.AddConstraint(
            "source",
            models.UniqueConstraint(
                fields=["unit", "place_key"], condition=~Q(place_key=""), name="listening_place_once"
            ),
        ),
        migrations.AddConstraint(
            "source",
            models.UniqueConstraint(
                fields=["unit", "kind", "name"], condition=Q(kind="ours", place_key=""), name="listening_ours_once"
            ),
        ),
    ]
