"""The program under test, as a process of its own, and its HTTP interface."""

import asyncio
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from aiortc import RTCPeerConnection, RTCSessionDescription

ROOT = pathlib.Path(__file__).resolve().parent.parent
# LECTERN_BIN names another build.
BIN = os.environ.get("LECTERN_BIN", ROOT / "target/release/lectern")
# A new Postgres on a busy machine takes its time.
START_S_MAX = 120


class Lectern:
    """`lectern dev` on a data folder and ports of its own, with these variables."""

    def __init__(self, variables: dict[str, str] | None = None) -> None:
        self.data = tempfile.mkdtemp(prefix="lectern-interop-")
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.origin = f"http://{address}"
        ports = {"LECTERN_SFU__NETWORK__UDP_PORT": "0", "LECTERN_SFU__NETWORK__TCP_PORT": "0"}
        command = [BIN, "dev", "--data", self.data, "--listen", address, "--metrics-listen", "127.0.0.1:0"]
        environment = os.environ | ports | (variables or {})
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_S_MAX
        while True:
            try:
                return request(f"{self.origin}/v1/rooms/x/whep", "GET")
            except OSError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def run(self, command: str, *arguments: str) -> str:
        """What another command of the program prints, for this instance."""
        words = [BIN, command, "--data", self.data, *arguments]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()

    def token(self, room: str, role: str) -> str:
        return self.run("token", "--room", room, "--role", role, "--name", role)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=15)
        shutil.rmtree(self.data)

    async def negotiate(self, pc: RTCPeerConnection, path: str, token: str) -> str:
        """Offers `pc` to an endpoint, applies the answer and returns the session's URL."""
        await pc.setLocalDescription(await pc.createOffer())
        url = f"{self.origin}/v1/rooms/{path}"
        headers = {"authorization": f"Bearer {token}", "content-type": "application/sdp"}
        offer = pc.localDescription.sdp.encode()
        status, answered, body = await asyncio.to_thread(request, url, "POST", offer, headers)
        assert status == 201, status
        await pc.setRemoteDescription(RTCSessionDescription(sdp=body, type="answer"))
        return urllib.parse.urljoin(url, answered["location"])


def request(url: str, method: str, body: bytes | None = None, headers: dict[str, str] | None = None):
    """One HTTP request: status, headers and text."""
    asked = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return answer.status, answer.headers, answer.read().decode()
