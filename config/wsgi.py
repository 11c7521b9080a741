"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
_django = get_wsgi_application()

from loa.portal.cache import PageCache  # noqa: E402 - needs the apps to be loaded

#: public pages are answered from memory, outside of Django and its middleware
application = PageCache(_django)

# What was loaded so far lives as long as the process: looking through it for garbage holds up a page for 100 ms.
gc.collect()
gc.freeze()
