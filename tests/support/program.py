"""The installed program, run as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROGRAM: Final = Path(sys.executable).with_name("passkey-audit")
ESTATE: Final = Path(__file__).parents[2] / "sample_logs" / "cloudbees-cd"
PASSWORD: Final = "logs/support-bundle.password"
"""Relative to the estate, as everything that `truth.json` names."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run left on the terminal."""

    code: int
    out: bytes
    err: str


def passkey_audit(
    *arguments: str | Path,
    cwd: Path = ESTATE,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Ended:
    """Run it to its end; `env` is added to the environment."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=cwd,
        env=os.environ | (env or {}),
        input=stdin,
        check=False,
        capture_output=True,
        timeout=120,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())
