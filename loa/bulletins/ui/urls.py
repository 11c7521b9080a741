"""Addresses of the staff screens of bulletins."""

from django.urls import path

from loa.bulletins.ui import bulletins, lists, sharing

app_name = "bulletins"
urlpatterns = [
    path("", bulletins.home, name="home"),
    path("danh-sach/", lists.lists, name="lists"),
    path("danh-sach/moi/", lists.new, name="list_new"),
    path("danh-sach/<int:pk>/", lists.show, name="list"),
    path("danh-sach/<int:pk>/nhap/", lists.bring_in, name="import"),
    path("danh-sach/<int:pk>/dua-ra/", lists.take_off, name="take_off"),
    path("soan/", bulletins.new, name="new"),
    path("<int:pk>/", bulletins.show, name="bulletin"),
    path("<int:pk>/soan/", bulletins.write, name="write"),
    path("<int:pk>/thu.html", bulletins.letter, name="letter"),
    path("<int:pk>/len-kenh/", sharing.share, name="share"),
    path("<int:pk>/viec/<slug:what>/", bulletins.deed, name="deed"),
]
