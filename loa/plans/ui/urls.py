"""Addresses of the plans' screens, under /lam-viec/ke-hoach/."""

from django.urls import path

from loa.plans.ui import amendments, checking, issuing, plans

app_name = "plans"
urlpatterns = [
    path("", plans.plan_list, name="list"),
    path("moi/", plans.upload, name="upload"),
    path("<int:pk>/", plans.plan_page, name="plan"),
    path("<int:pk>/doc/", plans.reading, name="reading"),
    path("<int:pk>/tep-moi/", plans.replace, name="replace"),
    path("<int:pk>/doc-lai/", plans.again, name="again"),
    path("<int:pk>/tep/<int:document>/", plans.document_file, name="file"),
    path("<int:pk>/doi-chieu/", checking.check, name="check"),
    path("<int:pk>/thong-tin/", checking.header, name="header"),
    path("<int:pk>/nhom/", checking.group, name="group"),
    path("<int:pk>/them/", checking.add, name="add"),
    path("<int:pk>/muc/<int:n>/", checking.card, name="card"),
    path("<int:pk>/muc/<int:n>/xac-nhan/", checking.confirm, name="confirm"),
    path("<int:pk>/muc/<int:n>/bo/", checking.dismiss, name="dismiss"),
    path("<int:pk>/muc/<int:n>/hoan-tac/", checking.reopen, name="reopen"),
    path("<int:pk>/muc/<int:n>/tra-loi/", checking.answer, name="answer"),
    path("<int:pk>/muc/<int:n>/sua/", checking.edit, name="edit"),
    path("<int:pk>/muc/<int:n>/ghi-chu/", checking.annotate, name="annotate"),
    path("<int:pk>/ban-hanh/", issuing.issue, name="issue"),
    path("<int:pk>/giao-them/", issuing.add, name="add_directive"),
    path("<int:pk>/giao-them/xem-truoc/", issuing.preview, name="preview_directive"),
    path("<int:pk>/dieu-chinh/", amendments.history, name="amendments"),
    path("<int:pk>/dieu-chinh/moi/", amendments.start, name="amendment_start"),
    path("<int:pk>/dieu-chinh/<int:amendment>/", amendments.amendment, name="amendment"),
    path("<int:pk>/dieu-chinh/<int:amendment>/van-ban/", amendments.head, name="amendment_head"),
    path("<int:pk>/dieu-chinh/<int:amendment>/tep/", amendments.file, name="amendment_file"),
    path("<int:pk>/dieu-chinh/<int:amendment>/them/", amendments.add, name="amendment_add"),
    path("<int:pk>/dieu-chinh/<int:amendment>/bo/", amendments.discard, name="amendment_discard"),
    path("<int:pk>/dieu-chinh/<int:amendment>/bo/<int:change>/", amendments.drop, name="amendment_drop"),
    path("<int:pk>/dieu-chinh/<int:amendment>/ban-hanh/", amendments.issue, name="amendment_issue"),
    path(
        "<int:pk>/dieu-chinh/<int:amendment>/chi-tieu/<int:directive>/",
        amendments.alter_directive,
        name="amend_directive",
    ),
    path("<int:pk>/dieu-chinh/<int:amendment>/nhiem-vu/<int:task>/", amendments.alter_task, name="amend_task"),
    path("<int:pk>/chi-tieu/<int:directive>/", issuing.directive, name="directive"),
    path("<int:pk>/chi-tieu/<int:directive>/huy/", issuing.cancel, name="cancel_directive"),
]
