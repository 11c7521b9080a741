from urllib.parse import urlsplit

from django.db import migrations, models

YOUTUBE = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"}


def channels(apps, schema_editor):
    """Feeds of YouTube were never read (its robots.txt forbids them): they are channels, read by the API."""
    Source = apps.get_model("listening", "Source")
    for row in Source.objects.filter(kind__in=("feed", "page")):
        if (urlsplit(row.url).hostname or "").lower() in YOUTUBE:
            Source.objects.filter(pk=row.pk).update(
                kind="youtube", outlet="video", keep_days=min(row.keep_days, 28), etag="", last_modified="",
                error="", failures=0,
            )  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('listening', '0018_counts_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='source',
            name='uploads',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='source',
            name='kind',
            field=models.CharField(choices=[('feed', 'Trang báo, cổng thông tin (RSS, Atom)'), ('youtube', 'Kênh YouTube'), ('sitemap', 'Sơ đồ trang (sitemap)'), ('page', 'Trang web không có RSS'), ('hand', 'Nhập tay: báo in, phát thanh, truyền hình'), ('push', 'Nhận từ hệ thống khác (webhook, tệp)'), ('ours', 'Kênh của đơn vị')], max_length=10, verbose_name='Cách lấy tin'),
        ),
        migrations.RunPython(channels, migrations.RunPython.noop),
    ]
