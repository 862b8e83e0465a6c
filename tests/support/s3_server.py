"""moto's S3 server on the loopback: real HTTP, ranges and listings, nothing on disk."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server.

    Attributes:
        environment: what tells a client where it is, and who asks.
        client: boto3's, which fills it.
    """

    environment: dict[str, str]
    client: Any  # boto3 makes its classes at run time

    def fill(self, bucket: str, prefix: str, folder: Path) -> str:
        """Put every file of `folder` there; the URL."""
        self.client.create_bucket(Bucket=bucket)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(bucket, f"{prefix}/{path.relative_to(folder)}", path.read_bytes())
        return f"s3://{bucket}/{prefix}"

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Put one object."""
        self.client.put_object(Bucket=bucket, Key=key, Body=content)


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """A server for a while; `folder` is the home of whoever asks it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        # Buckets belong to the process, not to the server: those of the test before are still there.
        urllib.request.urlopen(f"{endpoint}/moto-api/reset", data=b"").close()
        environment = {
            "AWS_ACCESS_KEY_ID": "planted-access-key",
            "AWS_SECRET_ACCESS_KEY": "planted-secret-key",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint,
            "HOME": str(folder),
        }
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="planted-access-key",
            aws_secret_access_key="planted-secret-key",
        )
        yield S3Server(environment, client)
    finally:
        server.stop()
