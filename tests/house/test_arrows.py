"""Which room may know which: the contracts of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

from engage.core.config import PROJECT


def test_no_room_knows_a_room_above_it() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
