"""Addresses of the staff screens of the press desk."""

from django.urls import path

from loa.press.ui import importing, register, releases, sharing

app_name = "press"
urlpatterns = [
    path("", releases.home, name="home"),
    path("soan/", releases.new, name="new"),
    path("<int:pk>/", releases.show, name="release"),
    path("<int:pk>/soan/", releases.write, name="write"),
    path("<int:pk>/len-kenh/", sharing.share, name="share"),
    path("<int:pk>/tep/", releases.add_file, name="add_file"),
    path("<int:pk>/anh/", releases.add_photo, name="add_photo"),
    path("<int:pk>/anh/<int:photo_id>/", releases.photo, name="photo"),
    path("<int:pk>/anh/<int:photo_id>.jpg", releases.thumb, name="thumb"),
    path("<int:pk>/van-ban.<slug:ending>", releases.document, name="document"),
    path("<int:pk>/viec/<slug:what>/", releases.deed, name="deed"),
    path("danh-ba/", register.outlets, name="outlets"),
    path("danh-ba/moi/", register.outlet_new, name="outlet_new"),
    path("danh-ba/nhap/", importing.bring_in, name="import"),
    path("danh-ba/nhap/ghi/", importing.write, name="import_write"),
    path("danh-ba/nhap/mau.xlsx", importing.template, name="import_template"),
    path("danh-ba/mang-tin/", register.beats, name="beats"),
    path("danh-ba/<int:pk>/", register.outlet, name="outlet"),
    path("danh-ba/<int:pk>/them/", register.contact_new, name="contact_new"),
    path("danh-ba/nguoi/<int:pk>/", register.contact, name="contact"),
    path("danh-ba/nguoi/<int:pk>/<slug:what>/", register.contact_deed, name="contact_deed"),
    path("phat-ngon/", register.speakers, name="speakers"),
    path("phat-ngon/moi/", register.speaker_new, name="speaker_new"),
    path("phat-ngon/<int:pk>/", register.speaker, name="speaker"),
]
