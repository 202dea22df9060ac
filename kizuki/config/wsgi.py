"""The WSGI application: `gunicorn kizuki.config.wsgi`; `kizuki serve` does the same with fitting options."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuki.config.settings")
application = get_wsgi_application()
