"""What the server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osteon.clinic.settings")
application = get_wsgi_application()

from osteon.clinic.ops.warm import warm  # noqa: E402 - Django is set up only now

warm()
