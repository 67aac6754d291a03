"""`lectern dev` as a process of the test's own, and the HTTP that WHIP and WHEP need."""

import asyncio
import re
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

BINARY = Path(__file__).resolve().parent.parent / "target" / "release" / "lectern"


@dataclass
class Answer:
    """What came back. `headers` are found in any case."""

    status: int
    headers: object
    body: str


class Lectern:
    """A server on ports that the system chooses; a context manager."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="lectern-interop-")
        self.data = self._folder.name
        arguments = ["--data", self.data, "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]
        self._process = subprocess.Popen(
            [BINARY, "dev", *arguments, "--media-port", "0"], stdout=subprocess.PIPE, text=True
        )
        welcome = ""
        for line in self._process.stdout:
            welcome += line
            if "makes others." in line:
                break
        found = re.search(r"WHEP\s+(http://[^/]+)/", welcome)
        if not found:
            self.__exit__()
            raise RuntimeError(f"lectern dev did not start: {welcome}")
        self.origin = found.group(1)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        finally:
            self._process.kill()
            self._process.stdout.close()
            self._folder.cleanup()

    def token(self, room, role):
        """A token for somebody with this role."""
        command = [BINARY, "token", "--data", self.data, "--room", room, "--role", role, "--name", role]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def url(self, room, endpoint):
        """`endpoint` is `whep` or `whip/{source}`."""
        return f"{self.origin}/v1/rooms/{room}/{endpoint}"


async def send(method, url, token=None, body=None, content_type="application/sdp"):
    """One HTTP request, off the event loop."""

    def blocking():
        headers = {"Content-Type": content_type} if body is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = body.encode() if body is not None else None
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return Answer(response.status, response.headers, response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())

    return await asyncio.to_thread(blocking)
