"""The WSGI application: `gunicorn kizuki.config.wsgi`; `kizuki serve` does the same with fitting options."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuki.config.settings")
application = get_wsgi_application()

# What is loaded by now stays for good: the collector need not look at it again, which would halt every request for a while.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
