"""Log-in, log-out, password, second factor (django-allauth's views), and one's own page.

Listed one by one: what is not here (sign-up, changing e-mail addresses, log-in by code) cannot be reached.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import TemplateView

from loa.accounts.ui import views

urlpatterns = [
    path("", views.me, name="account_me"),
    path("lien-he/", views.contact, name="account_contact"),
    path("thiet-bi/<int:pk>/ket-thuc/", views.session_end, name="account_session_end"),
    path("thiet-bi/ket-thuc/", views.sessions_end, name="account_sessions_end"),
    path("mat-khau-chua-du-manh/", views.strengthen, name="account_strengthen"),
    # log-in
    path("dang-nhap/", account.login, name="account_login"),
    path("dang-xuat/", account.logout, name="account_logout"),
    path("dang-khoa/", account.account_inactive, name="account_inactive"),
    path(
        "mat-khau-mot-lan-het-han/",
        TemplateView.as_view(template_name="account/one_time_over.html"),
        name="account_one_time_over",
    ),
    path("xac-nhan-lai/", account.reauthenticate, name="account_reauthenticate"),
    # password
    path("mat-khau/doi/", account.password_change, name="account_change_password"),
    path("mat-khau/dat/", account.password_set, name="account_set_password"),
    path("mat-khau/quen/", account.password_reset, name="account_reset_password"),
    path("mat-khau/quen/da-gui/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mat-khau/dat-lai/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mat-khau/da-dat-lai/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("loi-moi/dat-mat-khau/", views.invitation_set, name="account_invitation_set"),
    path("loi-moi/<str:token>/", views.invitation, name="account_invitation"),
    # second factor
    path("hai-lop/", mfa.index, name="mfa_index"),
    path("hai-lop/ma/", mfa.authenticate, name="mfa_authenticate"),
    path("hai-lop/ma-lai/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("hai-lop/bat/", totp.activate_totp, name="mfa_activate_totp"),
    path("hai-lop/tat/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("hai-lop/ma-du-phong/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("hai-lop/ma-du-phong/moi/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("hai-lop/ma-du-phong/tai-ve/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
