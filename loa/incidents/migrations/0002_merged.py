from django.db import migrations, models

DEEDS = ("opened", "added", "note", "given", "level", "state", "written", "approved", "merged")


class Migration(migrations.Migration):

    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.AlterField(
            "entry", "deed", models.CharField(choices=[(deed, deed) for deed in DEEDS], max_length=10)
        ),
    ]
