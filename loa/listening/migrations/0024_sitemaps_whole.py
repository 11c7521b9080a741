from django.db import migrations


def ask_whole(apps, schema_editor):
    """A sitemap that names sitemaps answered that it is as it was, and what it names was not asked any more."""
    apps.get_model("listening", "Source").objects.filter(kind="sitemap").update(etag="", last_modified="")


class Migration(migrations.Migration):

    dependencies = [("listening", "0023_ours_once")]

    operations = [migrations.RunPython(ask_whole, migrations.RunPython.noop)]
