"""The clinic's settings for tests: an embedded database in a folder of their own, and tasks done at once."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

_FOLDER = Path(os.environ.get("OSTEON_TEST_DATA") or tempfile.mkdtemp(prefix="osteon-tests-"))
os.environ["OSTEON_DATA"] = str(_FOLDER)
os.environ.setdefault("OSTEON_SECRET_KEY", "only for tests")
os.environ.setdefault("OSTEON_TIME_ZONE", "America/New_York")

from osteon.clinic.settings import *  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ORDER_REQUIRED = False
SECOND_FACTOR = False
LOCK_AFTER = timedelta(0)
ALLOWED_HOSTS = ["*"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
