"""Settings shared by every way of running Loa. What differs per place comes from the environment."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE

from config.env import database, env_bool, env_int, env_list, env_secret, env_str

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env_str("LOA_DATA_DIR", str(BASE_DIR / "var"))).resolve()

SECRET_KEY = env_secret("LOA_SECRET_KEY", file=DATA_DIR / "secret-key")
DEBUG = env_bool("LOA_DEBUG", False)
ALLOWED_HOSTS = env_list("LOA_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],.localhost")
BASE_URL = env_str("LOA_BASE_URL", f"http://localhost:{env_int('PORT', 8000)}")
CSRF_TRUSTED_ORIGINS = env_list("LOA_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    # Loa, top to bottom. Ours come first so that our templates shadow those of the libraries.
    "loa.demo.apps.DemoConfig",
    "loa.portal.apps.PortalConfig",
    "loa.console.apps.ConsoleConfig",
    "loa.agenda.apps.AgendaConfig",
    "loa.reminders.apps.RemindersConfig",
    "loa.reporting.apps.ReportingConfig",
    "loa.feedback.apps.FeedbackConfig",
    "loa.listening.apps.ListeningConfig",
    "loa.incidents.apps.IncidentsConfig",
    "loa.bulletins.apps.BulletinsConfig",
    "loa.press.apps.PressConfig",
    "loa.newsroom.apps.NewsroomConfig",
    "loa.plans.apps.PlansConfig",
    "loa.channels.apps.ChannelsConfig",
    "loa.org.apps.OrgConfig",
    "loa.accounts.apps.AccountsConfig",
    "loa.audit.apps.AuditConfig",
    "loa.core.apps.CoreConfig",
    # Wagtail: content, workflow, revisions, images, rich text
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    # log-in
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    # jobs
    "django_tasks",
    "django_tasks_db",
    # web
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "loa.core.middleware.ActorMiddleware",
    "loa.accounts.middleware.SessionLimits",
    "loa.accounts.middleware.PasswordFirst",
    "loa.core.middleware.NoNulMiddleware",
    "loa.core.middleware.AppErrorMiddleware",
    "loa.console.cms.CmsDoor",
    # Last: counts failed log-ins.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loa.core.context.frame",
                "loa.accounts.context.bell",
                "loa.org.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "loa.core.templatetags.loa",
            ],
        },
    },
]

FORM_RENDERER = "loa.core.forms.Renderer"

DATABASES = {"default": database(env_str("DATABASE_URL", ""), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# — people ————————————————————————————————————————————————————————————————————————————
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    # Rights in Wagtail's own views, from memberships.
    "loa.org.backends.MembershipBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "loa.accounts.passwords.StaffLengthValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "console:home"
LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "loa.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# django-axes counts failures, in the database, for every process. A whole training room may share one address.
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": "120/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Loa"
MFA_ADAPTER = "loa.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "loa.accounts.forms.SecondFactorForm",
    "reauthenticate": "loa.accounts.forms.SecondFactorAgainForm",
}
ACCOUNT_FORMS = {"login": "loa.accounts.forms.LoginForm"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Loa: "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "loa.accounts.lockout.locked_out"
AXES_USERNAME_CALLABLE = "loa.accounts.lockout.username_of"
AXES_IPWARE_PROXY_COUNT = env_int("LOA_PROXY_COUNT", 0) or None
#: how often a wrong second factor may be typed in AXES_COOLOFF_TIME, from however many addresses
LOA_SECOND_FACTOR_TRIES = 10
#: a log-in ends after so long, and after so long without a request
SESSION_COOKIE_AGE = env_int("LOA_SESSION_HOURS", 12) * 3600
LOA_IDLE_HOURS = env_int("LOA_IDLE_HOURS", 8)
#: devices on which one person is logged in at once; the oldest log-in ends when there is one more
LOA_SESSIONS_PER_PERSON = env_int("LOA_SESSIONS_PER_PERSON", 5)
#: letters of a password of those who administer or edit, as long as they have no second factor (TCVN 14423:2026)
LOA_STAFF_PASSWORD_LENGTH = 14
#: days without a log-in after which an account is closed (TCVN 14423:2026); 0 never
LOA_IDLE_DAYS = env_int("LOA_IDLE_DAYS", 45)
#: days for which a one-time password can be used
LOA_ONE_TIME_DAYS = 7
#: days for which the link of an invitation can be used
LOA_INVITE_DAYS = env_int("LOA_INVITE_DAYS", 7)
PASSWORD_RESET_TIMEOUT = 2 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
X_FRAME_OPTIONS = "SAMEORIGIN"

# — language and time ————————————————————————————————————————————————————————————————
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("vi", "Tiếng Việt")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
FORMAT_MODULE_PATH = ["config.formats"]

# — files ————————————————————————————————————————————————————————————————————————————
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    # Uploaded plans and evidence: never served by a public URL, only through a view that checks access.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "private"), "base_url": None},
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LOA_UPLOAD_MAX_BYTES = env_int("LOA_UPLOAD_MAX_MB", 50) * 1024 * 1024

#: largest film, and how much of the disk one unit's films may take
LOA_VIDEO_MAX_BYTES = env_int("LOA_VIDEO_MAX_MB", 1024) * 1024 * 1024

# — jobs ————————————————————————————————————————————————————————————————————————————
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "slow"]}}

# — mail ————————————————————————————————————————————————————————————————————————————
#: in the demo without a mail server: letters go to `loa sim smtp` on this machine, which has a page to read them
_MAIL_SIM = env_bool("LOA_DEMO", False) and not env_str("LOA_SMTP_HOST", "")
EMAIL_HOST = "127.0.0.1" if _MAIL_SIM else env_str("LOA_SMTP_HOST", "")
EMAIL_PORT = env_int("PORT", 8000) + 1007 if _MAIL_SIM else env_int("LOA_SMTP_PORT", 587)
EMAIL_HOST_USER = env_str("LOA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env_secret("LOA_SMTP_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_USE_TLS = env_bool("LOA_SMTP_TLS", not _MAIL_SIM)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env_str(
    "LOA_MAIL_FROM", "Sở GD&ĐT Sông Lam <loa@sgddt.songlam.example>" if _MAIL_SIM else "Loa <loa@localhost>"
)

# — bulletins by e-mail ———————————————————————————————————————————————————————————————
#: box that gets mail back: letters leave with a name of their own in it (box+thu-tin.…@host); empty: none
LOA_BULLETIN_BOUNCE = env_str("LOA_BULLETIN_BOUNCE", "")
#: the same box read by IMAP over TLS, every ten minutes (`loa bulletins bounces --imap` reads it at once)
LOA_BOUNCE_IMAP_HOST = env_str("LOA_BOUNCE_IMAP_HOST", "")
LOA_BOUNCE_IMAP_PORT = env_int("LOA_BOUNCE_IMAP_PORT", 993)
LOA_BOUNCE_IMAP_USER = env_str("LOA_BOUNCE_IMAP_USER", "")
LOA_BOUNCE_IMAP_PASSWORD = env_secret("LOA_BOUNCE_IMAP_PASSWORD") if LOA_BOUNCE_IMAP_HOST else ""
#: seconds a process may hold letters without a sign of life
LOA_BULLETIN_LEASE = env_int("LOA_BULLETIN_LEASE", 600)
#: processes that send one large bulletin at the same time
LOA_BULLETIN_HANDS = env_int("LOA_BULLETIN_HANDS", 2)

# — Wagtail ——————————————————————————————————————————————————————————————————————————
WAGTAIL_SITE_NAME = "Loa"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAIL_USAGE_COUNT_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "newsroom.StoryImage"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = False
WAGTAIL_MODERATION_ENABLED = True
TAGGIT_CASE_INSENSITIVE = True

# — browser ——————————————————————————————————————————————————————————————————————————
_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "media-src": [SELF],
    "manifest-src": [SELF],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "form-action": [SELF],
    "base-uri": [SELF],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _POLICY, "EXCLUDE_URL_PREFIXES": ["/cms/"]}
#: Wagtail's own views carry inline scripts and styles; loosened for them alone (see loa.core.middleware).
LOA_CMS_POLICY = {**_POLICY, "script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

# — Loa ——————————————————————————————————————————————————————————————————————————————
LOA_DEMO = env_bool("LOA_DEMO", False)
#: hosts of the own network that listening may read, as host:port; all others must be public
LOA_LISTEN_INSIDE = env_list("LOA_LISTEN_INSIDE")
#: hosts of the own network that feeds may be delivered to (WebSub), as host:port; all others must be public, https
LOA_WEBSUB_INSIDE = env_list("LOA_WEBSUB_INSIDE")
#: staff without a second factor must have a long password before they can go on (the demo's are short)
LOA_STRICT_ACCOUNTS = env_bool("LOA_STRICT_ACCOUNTS", not LOA_DEMO)

# — channels ————————————————————————————————————————————————————————————————————————
LOA_CHANNEL_KINDS = [
    "loa.channels.facebook",
    "loa.channels.zalo",
    "loa.channels.youtube",
    "loa.channels.tiktok",
    "loa.channels.webpush",
    "loa.channels.sms",
]
_FACEBOOK_SIM, _ZALO_SIM = (
    (f"http://127.0.0.1:{env_int('PORT', 8000) + 1001}", f"http://127.0.0.1:{env_int('PORT', 8000) + 1002}")
    if LOA_DEMO
    else ("", "")
)
_YOUTUBE_SIM, _TIKTOK_SIM = (
    (f"http://127.0.0.1:{env_int('PORT', 8000) + 1004}", f"http://127.0.0.1:{env_int('PORT', 8000) + 1005}")
    if LOA_DEMO
    else ("", "")
)
_SMS_SIM = f"http://127.0.0.1:{env_int('PORT', 8000) + 1006}" if LOA_DEMO else ""
#: where the channels answer; the demo's stand-ins are `loa sim facebook` and `loa sim zalo`
LOA_CHANNEL_URLS = {
    "facebook": env_str("LOA_FACEBOOK_GRAPH_URL", _FACEBOOK_SIM or "https://graph.facebook.com"),
    "zalo": env_str("LOA_ZALO_OPENAPI_URL", _ZALO_SIM or "https://openapi.zalo.me"),
    "zalo_oauth": env_str("LOA_ZALO_OAUTH_URL", _ZALO_SIM or "https://oauth.zaloapp.com"),
    "youtube": env_str("LOA_YOUTUBE_URL", _YOUTUBE_SIM or "https://www.googleapis.com"),
    "youtube_oauth": env_str("LOA_YOUTUBE_OAUTH_URL", _YOUTUBE_SIM or "https://oauth2.googleapis.com"),
    "tiktok": env_str("LOA_TIKTOK_URL", _TIKTOK_SIM or "https://open.tiktokapis.com"),
    "sms": env_str("LOA_SMS_URL", _SMS_SIM or "https://rest.esms.vn"),
    "zalo_business": env_str("LOA_ZALO_BUSINESS_URL", _ZALO_SIM or "https://business.openapi.zalo.me"),
}
#: where people see what was uploaded
LOA_CHANNEL_PAGES = {
    "youtube": f"{_YOUTUBE_SIM}/#{{key}}" if _YOUTUBE_SIM else "https://www.youtube.com/watch?v={key}",
    "tiktok": f"{_TIKTOK_SIM}/#{{key}}" if _TIKTOK_SIM else "https://www.tiktok.com/@{account}/video/{key}",
}
#: the channel's or account's own page
LOA_CHANNEL_HOMES = {
    "youtube": f"{_YOUTUBE_SIM}/" if _YOUTUBE_SIM else "https://www.youtube.com/channel/{key}",
    "tiktok": f"{_TIKTOK_SIM}/" if _TIKTOK_SIM else "https://www.tiktok.com/@{key}",
}
#: the apps through which people connect a YouTube channel and a TikTok account; where they are sent to allow it
LOA_YOUTUBE_CLIENT_ID = env_str("LOA_YOUTUBE_CLIENT_ID", "demo-google-client" if LOA_DEMO else "")
LOA_YOUTUBE_CLIENT_SECRET = env_secret(
    "LOA_YOUTUBE_CLIENT_SECRET", default="demo-google-secret" if LOA_DEMO else ""
)
#: key of the Data API, with which listening reads other people's channels; empty: it reads none
LOA_YOUTUBE_API_KEY = env_secret("LOA_YOUTUBE_API_KEY", default="demo-google-key" if LOA_DEMO else "")
#: where such a film is seen
LOA_YOUTUBE_WATCH = f"{_YOUTUBE_SIM or 'https://www.youtube.com'}/watch?v={{key}}"
LOA_YOUTUBE_DIALOG_URL = env_str("LOA_YOUTUBE_DIALOG_URL", _YOUTUBE_SIM or "https://accounts.google.com")
LOA_TIKTOK_CLIENT_KEY = env_str("LOA_TIKTOK_CLIENT_KEY", "demo-tiktok-key" if LOA_DEMO else "")
LOA_TIKTOK_CLIENT_SECRET = env_secret("LOA_TIKTOK_CLIENT_SECRET", default="demo-tiktok-secret" if LOA_DEMO else "")
LOA_TIKTOK_DIALOG_URL = env_str("LOA_TIKTOK_DIALOG_URL", _TIKTOK_SIM or "https://www.tiktok.com")
#: push services of browsers; no other address is called (web push)
LOA_WEBPUSH_HOSTS = env_list(
    "LOA_WEBPUSH_HOSTS",
    "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
)
#: the demo's stand-in for them is `loa sim webpush`
LOA_WEBPUSH_INSIDE = [f"127.0.0.1:{env_int('PORT', 8000) + 1003}"] if LOA_DEMO else []
LOA_FACEBOOK_GRAPH_VERSION = env_str("LOA_FACEBOOK_GRAPH_VERSION", "v25.0")
#: signs what Facebook sends to /kenh/nhan/facebook/; Zalo's key is kept with each OA
#: the app's number and what it asks of who connects a page; where a person is sent to allow it
LOA_FACEBOOK_APP_ID = env_str("LOA_FACEBOOK_APP_ID", "730000000000001" if LOA_DEMO else "")
LOA_FACEBOOK_DIALOG_URL = env_str("LOA_FACEBOOK_DIALOG_URL", _FACEBOOK_SIM or "https://www.facebook.com")
LOA_FACEBOOK_SCOPES = env_list("LOA_FACEBOOK_SCOPES") or [
    "pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_manage_engagement",
    "pages_read_user_content", "pages_manage_metadata", "pages_messaging", "read_insights", "publish_video",
    "business_management",
]  # fmt: skip
#: what we show → Facebook's metric of a post; they change every year
LOA_FACEBOOK_METRICS = dict(
    pair.split(":", 1)
    for pair in env_list("LOA_FACEBOOK_METRICS") or ["reach:post_total_media_view_unique", "clicks:post_clicks"]
    if ":" in pair
)
LOA_ZALO_APP_ID = env_str("LOA_ZALO_APP_ID", "4400000000000000001" if LOA_DEMO else "")
LOA_ZALO_APP_SECRET = env_secret("LOA_ZALO_APP_SECRET", default="demo-zalo-secret" if LOA_DEMO else "")
#: where the console of Zalo keeps the code challenge, its verifier; empty: a new one each time
LOA_ZALO_CODE_VERIFIER = env_secret("LOA_ZALO_CODE_VERIFIER", default="")
#: proof for Zalo's console that the domain is ours: what stands in the name of the file it asks for (commas)
LOA_ZALO_VERIFIER = env_list("LOA_ZALO_VERIFIER")
LOA_FACEBOOK_APP_SECRET = env_secret("LOA_FACEBOOK_APP_SECRET", default="demo-app-secret" if LOA_DEMO else "")
#: seals the tokens of pages and OAs; empty: a key file in the data folder. Several, newest first, by commas
LOA_CHANNEL_KEY = env_str("LOA_CHANNEL_KEY", "")
#: seconds: one request to a channel; for how long an account is one worker's (longer than a request)
LOA_DELIVERY_TIMEOUT = env_int("LOA_DELIVERY_TIMEOUT", 20)
LOA_DELIVERY_LEASE = env_int("LOA_DELIVERY_LEASE", 60)
#: percent of the usual waits between tries; less than 100 only for fault runs
LOA_DELIVERY_PACE = env_int("LOA_DELIVERY_PACE", 100) / 100

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("LOA_LOG_LEVEL", "WARNING")},
    "loggers": {"loa": {"level": env_str("LOA_LOG_LEVEL", "INFO")}, "axes": {"level": "ERROR"}},
}
