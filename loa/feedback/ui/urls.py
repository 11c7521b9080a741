"""Addresses of the inbox (under /lam-viec/hop-thu/)."""

from django.urls import path

from loa.feedback.ui import inbox, moderation, scenarios

app_name = "feedback"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("<int:pk>/", inbox.thread, name="thread"),
    path("<int:pk>/loi/", inbox.talk, name="talk"),
    path("<int:pk>/tra-loi/", inbox.reply, name="reply"),
    path("<int:pk>/nhap/", inbox.draft, name="draft"),
    path("<int:pk>/giao/", inbox.assign, name="assign"),
    path("<int:pk>/chuyen/", inbox.forward, name="forward"),
    path("<int:pk>/cho-hien/", inbox.show, name="show"),
    path("<int:pk>/trang-thai/", inbox.move, name="move"),
    path("<int:pk>/ghi-chu/", inbox.note, name="note"),
    path("<int:pk>/nhan/", inbox.tag, name="tag"),
    path("<int:pk>/xoa-loi/", inbox.erase, name="erase"),
    path("loi/<int:pk>/nguyen-van/", inbox.reveal, name="reveal"),
    path("loi/<int:pk>/ket-qua/", inbox.decide, name="decide"),
    path("loi/<int:pk>/kiem-duyet/", moderation.propose, name="propose"),
    path("nhan/", inbox.labels, name="labels"),
    path("mau/", inbox.canned, name="canned"),
    path("mau/<int:pk>/", inbox.canned, name="canned_edit"),
    path("kiem-duyet/", moderation.rulings, name="rulings"),
    path("kiem-duyet/can-cu/", moderation.grounds, name="grounds"),
    path("kiem-duyet/<int:pk>/", moderation.ruling, name="ruling"),
    path("kiem-duyet/<int:pk>/quyet-dinh/", moderation.decide, name="ruling_decide"),
    path("kiem-duyet/<int:pk>/thuc-hien-lai/", moderation.redo, name="ruling_redo"),
    path("kiem-duyet/<int:pk>/khieu-nai/", moderation.appeal, name="appeal"),
    path("kiem-duyet/<int:pk>/tra-loi-khieu-nai/", moderation.appeal_decide, name="appeal_decide"),
    path("chatbot/", scenarios.scenarios, name="scenarios"),
    path("chatbot/<int:pk>/", scenarios.scenario, name="scenario"),
    path("chatbot/<int:pk>/luu/", scenarios.save, name="scenario_save"),
    path("chatbot/<int:pk>/them/", scenarios.node_add, name="node_add"),
    path("chatbot/<int:pk>/muc/", scenarios.node_save, name="node_save"),
    path("chatbot/<int:pk>/doi/", scenarios.node_change, name="node_change"),
    path("chatbot/<int:pk>/xuat-ban/", scenarios.publish, name="scenario_publish"),
    path("chatbot/<int:pk>/lay-lai/", scenarios.restore, name="scenario_restore"),
    path("chatbot/<int:pk>/bat-tat/", scenarios.switch, name="scenario_switch"),
    path("chatbot/<int:pk>/thu/", scenarios.preview, name="scenario_preview"),
]
