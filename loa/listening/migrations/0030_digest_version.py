from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("listening", "0029_digest_added")]

    operations = [migrations.AddField("digest", "version", models.PositiveIntegerField(default=0))]
