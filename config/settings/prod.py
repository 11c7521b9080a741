"""Behind a TLS proxy, PostgreSQL, several processes: secrets must come from the environment."""

from config.env import env_bool, env_secret, env_str
from config.settings.base import *  # noqa: F403

SECRET_KEY = env_secret("LOA_SECRET_KEY")
BASE_URL = env_str("LOA_BASE_URL")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env_bool("LOA_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Compressing Wagtail's files takes half a minute: worth it where many read, not for a first try.
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
