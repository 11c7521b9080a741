"""Addresses of the newsroom's screens (under /lam-viec/tin-bai/)."""

from django.urls import path

from loa.newsroom.ui import approving, channels, lists, photos, publishing, reviewing, writing

app_name = "newsroom"
urlpatterns = [
    path("", lists.stories, name="stories"),
    path("tat-ca/", lists.all_stories, name="all"),
    path("moi/", writing.new, name="new"),
    path("cho-duyet/", approving.inbox, name="inbox"),
    path("bien-tap/", reviewing.queue, name="queue"),
    path("<int:pk>/", lists.story, name="story"),
    path("<int:pk>/viet/", writing.write, name="write"),
    path("<int:pk>/luu/", writing.autosave, name="autosave"),
    path("<int:pk>/xung-dot/<int:number>/", writing.resolve, name="conflict"),
    path("<int:pk>/rut/", writing.recall, name="recall"),
    path("<int:pk>/xoa/", writing.delete, name="delete"),
    path("<int:pk>/xem-truoc/", lists.preview, name="preview"),
    path("<int:pk>/so-sanh/", lists.compare, name="compare"),
    path("<int:pk>/duyet/", approving.approve, name="approve"),
    path("<int:pk>/tra-lai/", approving.send_back, name="return"),
    path("<int:pk>/bien-tap/", reviewing.review, name="review"),
    path("<int:pk>/bien-tap/sua/", reviewing.edit, name="review_edit"),
    path("<int:pk>/bien-tap/nhan/", reviewing.claim, name="claim"),
    path("<int:pk>/bien-tap/giao/", reviewing.assign, name="assign"),
    path("<int:pk>/dang/", publishing.publish, name="publish"),
    path("<int:pk>/bo-hen-gio/", publishing.unschedule, name="unschedule"),
    path("<int:pk>/len-kenh/", channels.share, name="share"),
    path("<int:pk>/go-bai/", publishing.withdraw, name="withdraw"),
    path("<int:pk>/mo-lai/", publishing.reopen, name="reopen"),
    path("<int:pk>/dinh-chinh/", publishing.correct, name="correct"),
    path("<int:pk>/gop-y/", reviewing.comment, name="comment"),
    path("gop-y/<int:pk>/xong/", reviewing.comment_resolve, name="comment_resolve"),
    path("<int:pk>/anh/", photos.add, name="photo_add"),
    path("<int:pk>/anh/thu-tu/", photos.reorder, name="photo_reorder"),
    path("anh/<int:pk>/", photos.edit, name="photo"),
    path("anh/<int:pk>/bo/", photos.remove, name="photo_remove"),
    path("anh/<int:pk>/dong-y/", photos.consent, name="photo_consent"),
]
