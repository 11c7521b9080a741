import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("listening", "0030_digest_version"), ("org", "0003_people_import")]

    operations = [
        migrations.AddField(
            "digest",
            "keeper",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="org.unit",
            ),
        ),
    ]
