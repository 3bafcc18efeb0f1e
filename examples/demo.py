"""The demo: a real conversation with a moving picture, fetched, dubbed into Portuguese, and listened to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from examples.clips import phone_call

HERE = Path(__file__).resolve().parent.parent / "demo"


def main() -> None:
    HERE.mkdir(exist_ok=True)
    film = phone_call(HERE / "phone call.mp4")
    print(f"dubbing {film} into Portuguese …", flush=True)
    command = [sys.executable, "-m", "dubbench", "dub", str(film), "--to", "pt", "--out", str(HERE / "pt")]
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
