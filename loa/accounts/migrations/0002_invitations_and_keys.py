from django.db import migrations, models

from loa.lib.vi import fold, person_key


def fill(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    batch = []
    for user in User.objects.only("full_name", "username", "email", "phone").iterator(chunk_size=1000):
        said = (user.full_name, user.username, user.email, user.phone)
        user.folded = fold(" | ".join(text for text in said if text))[:600]
        user.sort_key = person_key(user.full_name or user.username)[:600]
        batch.append(user)
        if len(batch) == 500:
            User.objects.bulk_update(batch, ["folded", "sort_key"])
            batch = []
    User.objects.bulk_update(batch, ["folded", "sort_key"])


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("user", "invited_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("user", "folded", models.CharField(blank=True, editable=False, max_length=600)),
        migrations.AddField(
            "user", "sort_key", models.CharField(blank=True, editable=False, max_length=600)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # The index after the filling: PostgreSQL alters no table with changes still pending on it.
        migrations.AlterField(
            "user", "sort_key", models.CharField(blank=True, db_index=True, editable=False, max_length=600)
        ),
    ]
