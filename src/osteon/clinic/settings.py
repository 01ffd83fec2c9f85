"""How this clinic runs: every setting comes from the environment, and each has a default that works on one machine.

docs/reference/settings.md lists them all.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from osteon.clinic.environment import Environment
from osteon.clinic.ops import logs

env = Environment()
logs.configure()

DATA = env.folder("OSTEON_DATA", default=Path("var"))
"""Where the clinic keeps what is its own: the embedded database, keys, backups, uploaded documents."""

SECRET_KEY = env.secret("OSTEON_SECRET_KEY", kept_in=DATA / "secret-key")
DEBUG = False
ALLOWED_HOSTS = env.words("OSTEON_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("OSTEON_ORIGINS", default=[])
BEHIND_TLS = env.flag("OSTEON_TLS", default=False)
"""Is the clinic reached by https only, through a reverse proxy? Then cookies are sent over https alone."""
DEMO = env.flag("OSTEON_DEMO", default=False)
"""Is this an invented clinic? Then its pages say so, and its sign-ins are shown."""

INSTALLED_APPS = [
    "osteon.clinic.people",
    "osteon.clinic.access",
    "osteon.clinic.audit",
    "osteon.clinic.records",
    "osteon.clinic.booking",
    "osteon.clinic.setting_up",
    "osteon.clinic.calendars",
    "osteon.clinic.daypack",
    "osteon.clinic.undo",
    "osteon.clinic.today",
    "osteon.clinic.due",
    "osteon.clinic.tasks",
    "osteon.clinic.reminders",
    "osteon.clinic.facts",
    "osteon.clinic.infusion",
    "osteon.clinic.patients",
    "osteon.clinic.orders",
    "osteon.clinic.letters",
    "osteon.clinic.stock",
    "osteon.clinic.ops",
    "osteon.clinic.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "osteon.clinic.ops.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "osteon.clinic.ops.logs.RequestLog",
    "osteon.clinic.access.middleware.WhoIsHere",
    "osteon.clinic.access.middleware.EveryViewIsGuarded",
]

ROOT_URLCONF = "osteon.clinic.urls"
WSGI_APPLICATION = "osteon.clinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "osteon.clinic.frame.frame",
            ],
        },
    }
]

# --- where data are kept ---------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("OSTEON_DATABASE_URL", default=DATA / "osteon.sqlite3")}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}
"""Shared by all processes: what limits how often a password may be tried."""

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
WHITENOISE_USE_FINDERS = True

LOGGING = logs.CONFIGURATION
METRICS_TOKEN = env.text("OSTEON_METRICS_TOKEN", default="")
"""Who shows this token may read the figures for Prometheus; without it there is no such page."""

# --- who signs in ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "osteon.clinic.people.passwords.HardToGuess"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "osteon.clinic.people.adapter.ClinicAccounts"
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_TLS else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS

SECOND_FACTOR = env.flag("OSTEON_SECOND_FACTOR", default=not DEMO)
"""Does everybody who works here need a second factor?"""
LOCK_AFTER = timedelta(minutes=env.number("OSTEON_LOCK_AFTER", default=10))
"""After how long without a sign of life a session is locked (a design default); 0: never."""

AUDIT_KEY_FILE = env.file("OSTEON_AUDIT_KEY_FILE", default=DATA / "audit-key.pem")
"""The key that signs the head of the audit log every day."""

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- what a browser may do -------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- where and when --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("OSTEON_TIME_ZONE", default="America/New_York")
FORMAT_MODULE_PATH = "osteon.clinic.formats"
CLINIC_NAME = env.text("OSTEON_CLINIC_NAME", default="Osteon clinic")
JURISDICTION = env.text("OSTEON_JURISDICTION", default="us")
HOLIDAYS = env.text("OSTEON_HOLIDAYS", default="US")
"""Whose public holidays close the clinic: a country, or country and region (`US`, `US-NY`, `DE-BE`); empty: none."""
ORDER_REQUIRED = env.flag("OSTEON_ORDER_REQUIRED", default=True)
"""Is no dose started without an order that a prescriber signed and that stands today?"""

TWO_PEOPLE_CHECK = env.words("OSTEON_TWO_PEOPLE_CHECK", default=[])
"""Drugs that two people check, each with a sign-in of their own: ids of the formulary."""

# --- what leaves this house: nothing, unless it is switched on -------------------------------------------------------

REMINDERS = env.text("OSTEON_REMINDERS", default="")
"""By which channel patients are reminded: `email`, or nothing at all."""

CALENDAR_FEED = env.flag("OSTEON_CALENDAR_FEED", default=False)
"""May calendar programs of those who work here read days, times and chairs?"""

CLINIC_PHONE = env.text("OSTEON_CLINIC_PHONE", default="")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if REMINDERS == 'email' else 'dummy'}.EmailBackend"
EMAIL_HOST = env.text("OSTEON_SMTP_HOST", default="localhost")
EMAIL_PORT = env.number("OSTEON_SMTP_PORT", default=587)
EMAIL_HOST_USER = env.text("OSTEON_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.text("OSTEON_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.flag("OSTEON_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("OSTEON_MAIL_FROM", default="no-reply@localhost")
