from tests.rigs.unavailable import pytest_runtest_call, pytest_runtest_setup  # noqa: F401
