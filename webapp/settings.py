"""Django's settings. Environment variables are read in webapp/environment.py."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from webapp import environment

BASE_DIR = environment.REPOSITORY
environment.own_parts("AUTOSNN_PARTS")  # before anything reads a registry
VAR = environment.folder("AUTOSNN_VAR", BASE_DIR / "var")
DATA_ROOT = environment.folder("AUTOSNN_DATA_ROOT", VAR / "data")
DATA_ROOTS = environment.folders("AUTOSNN_DATA_ROOTS")
STUDIES_ROOT = VAR / "studies"
PREVIEWS_ROOT = VAR / "previews"
REDIS_URL = environment.redis_url()
DEBUG = environment.flag("AUTOSNN_DEBUG")
SECURE = environment.flag("AUTOSNN_SECURE")
SECRET_KEY = environment.secret_key(VAR)
ALLOWED_HOSTS = environment.allowed_hosts()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "channels",
    "webapp.accounts",
    "webapp.datasets",
    "webapp.studies",
    "webapp.inspections",
    "webapp.exports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "webapp.http.static.StaticFiles",
    "webapp.http.compression.Compressed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "webapp.accounts.middleware.SignInRequired",  # before the CSRF check: its token ends with the session
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "webapp.http.unreadable.UnreadableConfig",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "webapp" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webapp.studies.selectors.block_facts.for_templates",
            ]
        },
    }
]
ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
LEASE_SECONDS = environment.whole("AUTOSNN_LEASE_SECONDS", 60, least=4, most=3600)
DATABASES = {"default": environment.database(VAR, LEASE_SECONDS)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Accounts
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_HTTP_RESPONSE_CODE = 429
SIGN_IN_LINK_SECONDS = 3600

# Trust
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],  # Plotly inserts style elements
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Static files: plain modules and Plotly's bundle, served from where they lie
_plotly = importlib.util.find_spec("plotly")
assert _plotly is not None
assert _plotly.origin is not None
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns where it is missing
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "frontend",
    ("vendor/plotly", Path(_plotly.origin).parent / "package_data"),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 60

# Channel layer: redis-py 8's default socket timeout would close idle sockets, hence None (channels_redis issue 422)
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "autosnn"},
    }
}

# Celery: a message only wakes a worker; the study's row is the truth, so early acknowledgement loses nothing
CELERY_BROKER_URL = environment.broker_url(REDIS_URL)
INSPECTION_QUEUE = "inspections"  # an inspection waits neither for a turn of a study nor for the check of a data set
CELERY_TASK_ROUTES = {
    "webapp.datasets.*": {"queue": "datasets"},
    "webapp.inspections.*": {"queue": INSPECTION_QUEUE},
    "webapp.exports.*": {"queue": INSPECTION_QUEUE},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_CONCURRENCY = 1
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DIRECT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3, "visibility_timeout": 86_400}

# Data sets
MAX_UPLOAD = 8_000_000_000
UPLOAD_QUOTA = environment.gigabytes("AUTOSNN_UPLOAD_QUOTA_GB", 20)
UPLOAD_CHUNK = 4_000_000
UPLOAD_DAYS = 7
CHECK_SECONDS = 1800
CHECK_MEMORY = 8_000_000_000  # or the memory of the machine or its container, where that is less
MAX_CHECK_ATTEMPTS = 3
MAX_BODY = 8_000_000

# Studies
SLICE_SECONDS = float(environment.whole("AUTOSNN_SLICE_SECONDS", 60, least=1, most=3600))
HEARTBEAT_SECONDS = min(2.0, LEASE_SECONDS / 8)
GIVE_UP_SECONDS = 0.75 * LEASE_SECONDS
REQUEST_WAIT_SECONDS = (
    5.0  # a request waits this long for the next checkpoint, then the work since the last one is let go
)
FORCE_SECONDS = 7.0  # a request that no worker applied by then is carried out by the reaper
LEAVE_SECONDS = 13.0  # after SIGTERM; then the worker ends whatever its study does
STALL_SECONDS = environment.whole("AUTOSNN_STALL_SECONDS", 300, least=1, most=86_400)
STALL_STEPS = 10
MAX_ATTEMPTS_WITHOUT_PROGRESS = 3
RUNNING_QUOTA = environment.whole("AUTOSNN_RUNNING_STUDIES", 4, least=1, most=10_000)
UNFINISHED_QUOTA = environment.whole("AUTOSNN_UNFINISHED_STUDIES", 1000, least=1, most=1_000_000)
UNDO_SECONDS = 60
DISK_RETRY_SECONDS = 5
SPARE_DISK = 100_000_000
KEPT_CHECKPOINTS = 3
GARBAGE_SECONDS = 3600
ORPHAN_SECONDS = 86_400
WORKER_SILENT_SECONDS = 20
WORKER_KEPT_DAYS = 7  # a restarted container has a new name, and so a new row
REAPER_SECONDS = 2.0
METRICS_TOKEN = environment.token("AUTOSNN_METRICS_TOKEN")

# Inspections of single architectures
INSPECTION_SECONDS = 600
INSPECTION_TURN_SECONDS = 20  # an open study goes first for this long, then the inspection that waits longest
INSPECTION_IDLE_SECONDS = 60
INSPECTION_MEMORY = 16_000_000_000
INSPECTION_BYTES = 256_000_000
KEPT_INSPECTIONS = 20_000
MAX_WAITING_INSPECTIONS = 200
MAX_INSPECTION_ATTEMPTS = 3

# Exports of trained networks
EXPORT_SECONDS = 1200
EXPORT_MEMORY = 16_000_000_000
MAX_EXPORT_ATTEMPTS = 3

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "webapp.logs.JsonLines"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
        "study": {"class": "webapp.logs.StudyFile", "formatter": "json"},
    },
    "root": {"handlers": ["stderr", "study"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}
