"""aiortc, a WebRTC stack that shares no code with any browser, publishes a class and watches it."""

import array
import asyncio
import fractions
import math
import unittest
import urllib.error

import aioice.ice
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCPeerConnection,
    RTCRtpSender,
    VideoStreamTrack,
)
from av import AudioFrame, VideoFrame

from lectern import Lectern, request

PATIENCE_S = 60
WIDTH, HEIGHT = 320, 240
SAMPLE_RATE = 48_000
# A sine of this amplitude has a root mean square of 5,600; Opus changes little of it.
AMPLITUDE = 8_000
LOUD_RMS = 1_000
# Y, U and V of what is published, and how far a lossy codec may be from it.
PICTURE = (81, 90, 240)
PICTURE_TOLERANCE = 24

server: Lectern


def setUpModule() -> None:
    global server
    server = Lectern()
    # aioice leaves loopback out, and a machine without a network has nothing else.
    gathered = aioice.ice.get_host_addresses
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1", *gathered(use_ipv4, False)]


def tearDownModule() -> None:
    server.stop()


class Picture(VideoStreamTrack):
    """One colour, in which a bar moves."""

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(frame.planes, PICTURE):
            rows = bytearray([value]) * plane.buffer_size
            if value == PICTURE[0]:
                bar = (pts // 3_000) % 32
                rows[: plane.line_size * bar] = bytes([200]) * (plane.line_size * bar)
            plane.update(bytes(rows))
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """440 Hz."""

    async def recv(self) -> AudioFrame:
        silence = await super().recv()
        at, count = silence.pts * SAMPLE_RATE // silence.sample_rate, SAMPLE_RATE // 50
        wave = (round(AMPLITUDE * math.sin(math.tau * 440 * (at + i) / SAMPLE_RATE)) for i in range(count))
        frame = AudioFrame(format="s16", layout="mono", samples=count)
        frame.planes[0].update(array.array("h", wave).tobytes())
        frame.pts, frame.sample_rate, frame.time_base = at, SAMPLE_RATE, fractions.Fraction(1, SAMPLE_RATE)
        return frame


async def publish(pc: RTCPeerConnection, room: str, codec: str) -> str:
    pc.addTransceiver(Tone(), direction="sendonly")
    video = pc.addTransceiver(Picture(), direction="sendonly")
    known = RTCRtpSender.getCapabilities("video").codecs
    video.setCodecPreferences([c for c in known if c.mimeType.lower() in (f"video/{codec}", "video/rtx")])
    return await server.negotiate(pc, f"{room}/whip/camera", server.token(room, "tutor"))


async def watch(pc: RTCPeerConnection, room: str) -> tuple[MediaStreamTrack, MediaStreamTrack, str]:
    sound = pc.addTransceiver("audio", direction="recvonly").receiver
    picture = pc.addTransceiver("video", direction="recvonly").receiver
    session = await server.negotiate(pc, f"{room}/whep", server.token(room, "student"))
    # The tracks are there only now.
    return sound.track, picture.track, session


async def hears(track: MediaStreamTrack) -> None:
    """Returns when a tone is heard for half a second."""
    loud = 0
    while loud < 25:
        frame = await track.recv()
        samples = array.array("h", bytes(frame.planes[0])[: frame.samples * len(frame.layout.channels) * 2])
        rms = math.sqrt(sum(s * s for s in samples) / len(samples))
        loud = loud + 1 if rms > LOUD_RMS else 0


async def sees(track: MediaStreamTrack, frames: int = 30) -> None:
    """Returns when as many pictures came, each later than the one before; the last is checked for its colour."""
    last = -1
    for _ in range(frames):
        frame = await track.recv()
        assert (frame.width, frame.height) == (WIDTH, HEIGHT), (frame.width, frame.height)
        assert frame.pts > last, (frame.pts, last)
        last = frame.pts
    picture = frame.reformat(format="yuv420p")
    for plane, value in zip(picture.planes, PICTURE):
        below_the_bar = bytes(plane)[plane.line_size * (plane.height * 3 // 4) + plane.width // 2]
        assert abs(below_the_bar - value) <= PICTURE_TOLERANCE, (below_the_bar, value)


class AiortcTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.peers: list[RTCPeerConnection] = []
        # Its warnings of slow callbacks say how busy the machine is.
        asyncio.get_running_loop().set_debug(False)

    async def asyncTearDown(self) -> None:
        await asyncio.gather(*(pc.close() for pc in self.peers))

    def peer(self) -> RTCPeerConnection:
        self.peers.append(RTCPeerConnection())
        return self.peers[-1]

    async def _class_in(self, codec: str) -> None:
        room = f"aiortc-{codec}"
        async with asyncio.timeout(PATIENCE_S):
            early, tutor, late = self.peer(), self.peer(), self.peer()
            early_sound, early_picture, _ = await watch(early, room)
            await publish(tutor, room, codec)
            await asyncio.gather(hears(early_sound), sees(early_picture))
            # Who comes later starts with a keyframe too.
            late_sound, late_picture, _ = await watch(late, room)
            await asyncio.gather(hears(late_sound), sees(late_picture), sees(early_picture))

    async def test_vp8_and_opus_are_published_and_watched(self) -> None:
        await self._class_in("vp8")

    async def test_h264_and_opus_are_published_and_watched(self) -> None:
        await self._class_in("h264")

    async def test_a_session_that_is_deleted_ends_alone(self) -> None:
        room = "aiortc-delete"
        async with asyncio.timeout(PATIENCE_S):
            tutor, gone, other = self.peer(), self.peer(), self.peer()
            await publish(tutor, room, "vp8")
            _, gone_picture, session = await watch(gone, room)
            _, other_picture, _ = await watch(other, room)
            await asyncio.gather(sees(gone_picture, 5), sees(other_picture, 5))
            status, _, _ = await asyncio.to_thread(request, session, "DELETE")
            self.assertEqual(status, 200)
            with self.assertRaises(urllib.error.HTTPError) as missing:
                await asyncio.to_thread(request, session, "DELETE")
            self.assertEqual(missing.exception.code, 404)
            await sees(other_picture)
            while gone.connectionState not in ("closed", "failed"):
                await asyncio.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
