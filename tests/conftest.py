"""What holds for every test: signing identities are made in a temporary folder, never in the person's own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_signing_identity() -> None:
    os.environ.setdefault("DUBBENCH_CONFIG", str(Path(tempfile.mkdtemp(prefix="dubbench-config-"))))
