"""A real OpenSSH server on the loopback, for whoever runs the tests, and a home folder that it lets in."""

import getpass
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.programs import need

START_SECONDS = 20


@dataclass
class SshServer:
    """A server that can be stopped and started again.

    Attributes:
        port: where it listens.
        home: a home folder whose key it accepts and whose `known_hosts` names it.
    """

    port: int
    home: Path
    folder: Path
    running: "subprocess.Popen[bytes] | None" = None

    def url(self, path: Path) -> str:
        """The URL of a path of this machine, by way of the server."""
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        """Listen."""
        command = [need("sshd"), "-D", "-e", "-f", str(self.folder / "sshd_config")]
        with (self.folder / "sshd.log").open("ab") as log:
            self.running = subprocess.Popen(command, stderr=log, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.running.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "sshd.log").read_text())

    def cut(self) -> None:
        """Break every connection; it goes on listening."""
        if self.running:
            for process in _below(self.running.pid):
                os.kill(process, signal.SIGKILL)

    def stop(self) -> None:
        """End it, and every connection."""
        if self.running:
            self.running.send_signal(signal.SIGSTOP)  # nobody else is let in meanwhile
            self.cut()
            self.running.kill()
            self.running.wait()
            self.running = None


def _below(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [each for child in children for each in (*_below(int(child)), int(child))]


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A server for a while; nothing outside `folder` is written."""
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where OpenSSH's unprivileged half lives
    home = folder / "home"
    keys = home / ".ssh"
    keys.mkdir(parents=True, mode=0o700)
    for path in (folder / "host_key", keys / "id_ed25519"):
        subprocess.run([need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_key\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {keys}/id_ed25519.pub\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nSubsystem sftp internal-sftp\nLogLevel ERROR\n"
    )
    host_key = (folder / "host_key.pub").read_text().split()[:2]
    (keys / "known_hosts").write_text(f"[127.0.0.1]:{port} {' '.join(host_key)}\n")
    server = SshServer(port, home, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
