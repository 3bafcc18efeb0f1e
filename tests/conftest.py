"""What holds for every test.

Signing identities are made in a temporary folder, never in the person's own. Where `DUBBENCH_REQUIRE_APT` is set, a
test that needs a program from Debian's packages may not skip for want of it. Tests that need torch run where it is.
"""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.finished import finished, home, talk

__all__ = ["finished", "home", "talk"]

# Machines that run tests are busy with other things.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Whoever started us in the background of a shell had Ctrl-C ignored, by us and by all that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def own_signing_identity(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ.setdefault("DUBBENCH_CONFIG", str(tmp_path_factory.mktemp("config")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if all(importlib.util.find_spec(name) for name in ("torch", "transformers")):
        return
    for item in items:
        if item.get_closest_marker("torch"):
            item.add_marker(pytest.mark.skip(reason="needs torch: make test-torch"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.get_closest_marker("apt") and os.environ.get("DUBBENCH_REQUIRE_APT"):
        report.outcome = "failed"
    return report
