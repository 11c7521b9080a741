"""A plan in force over the small Sở of the cast, as in reporting's own tests."""

from loa.reporting.tests.conftest import plan, quota  # noqa: F401
