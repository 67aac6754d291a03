"""aiortc, a WebRTC stack that is no browser's, publishes and watches.

It is also the plain WHEP player of the design: two media sections, one picture and one sound, and it negotiates
AES_CM_128_HMAC_SHA1_80, the profile that browsers no longer choose.
"""

import asyncio
import fractions
import time
import unittest
from urllib.parse import urljoin

import aioice.ice
import av
from aiortc import (
    AudioStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)

from lectern import Lectern, send

# aioice leaves the loopback out of its candidates. These tests stay on it.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]

FRAMES_WANTED = 45
PATIENCE_S = 20
WIDTH, HEIGHT = 320, 240


class Pulse(VideoStreamTrack):
    """A grey picture whose brightness rises and falls, so that a receiver can tell a moving picture from a frozen one."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        brightness = 40 + abs((pts // 3000) % 160 - 80) * 2
        for plane, value in zip(frame.planes, (brightness, 128, 128)):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """A square wave of 400 Hz."""

    RATE, SAMPLES = 48_000, 960
    _start = None

    async def recv(self):
        if self._start is None:
            self._start, self._pts = time.time(), 0
        else:
            self._pts += self.SAMPLES
            await asyncio.sleep(max(0, self._start + self._pts / self.RATE - time.time()))
        frame = av.AudioFrame("s16", "mono", self.SAMPLES)
        half = self.RATE // 400 // 2
        samples = (8000 if (n // half) % 2 else -8000 for n in range(self.SAMPLES))
        frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
        frame.sample_rate, frame.pts, frame.time_base = self.RATE, self._pts, fractions.Fraction(1, self.RATE)
        return frame


async def negotiate(pc, url, token):
    """The one request of WHIP and WHEP. Gives the session's own address."""
    await pc.setLocalDescription(await pc.createOffer())
    answer = await send("POST", url, token, pc.localDescription.sdp)
    if answer.status != 201:
        raise AssertionError(f"{url}: {answer.status} {answer.body}")
    await pc.setRemoteDescription(RTCSessionDescription(answer.body, "answer"))
    return urljoin(url, answer.headers["Location"])


def peer():
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


def mean(plane):
    """The mean of every 97th byte: enough for a picture of one grey."""
    data = bytes(plane)[::97]
    return sum(data) / len(data)


class Interop(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.lectern = cls.enterClassContext(Lectern())

    async def asyncSetUp(self):
        self.peers = []

    async def asyncTearDown(self):
        await asyncio.gather(*(pc.close() for pc in self.peers))

    async def publish(self, room, codec):
        pc = peer()
        self.peers.append(pc)
        pc.addTrack(Tone())
        pc.addTrack(Pulse())
        video = next(t for t in pc.getTransceivers() if t.kind == "video")
        known = RTCRtpSender.getCapabilities("video").codecs
        video.setCodecPreferences([c for c in known if c.mimeType == codec or c.mimeType == "video/rtx"])
        session = await negotiate(pc, self.lectern.url(room, "whip/camera"), self.lectern.token(room, "tutor"))
        return pc, session

    async def watch(self, room):
        pc = peer()
        self.peers.append(pc)
        sound = pc.addTransceiver("audio", direction="recvonly").receiver.track
        picture = pc.addTransceiver("video", direction="recvonly").receiver.track
        session = await negotiate(pc, self.lectern.url(room, "whep"), self.lectern.token(room, "student"))
        return sound, picture, session

    async def assert_moving(self, picture):
        brightness = []
        async with asyncio.timeout(PATIENCE_S):
            while len(brightness) < FRAMES_WANTED:
                frame = await picture.recv()
                self.assertEqual((frame.width, frame.height), (WIDTH, HEIGHT))
                brightness.append(mean(frame.planes[0]))
        self.assertGreater(max(brightness) - min(brightness), 20, "the picture is frozen")

    async def assert_sounding(self, sound):
        async with asyncio.timeout(PATIENCE_S):
            loudest = 0
            while loudest < 2000:
                samples = memoryview(bytes((await sound.recv()).planes[0])).cast("h")
                loudest = max(loudest, max(samples))

    async def test_vp8_is_published_and_watched_with_sound(self):
        await self.publish("vp8", "video/VP8")
        sound, picture, _ = await self.watch("vp8")
        await asyncio.gather(self.assert_moving(picture), self.assert_sounding(sound))

    async def test_h264_is_published_and_watched_with_sound(self):
        await self.publish("h264", "video/H264")
        sound, picture, _ = await self.watch("h264")
        await asyncio.gather(self.assert_moving(picture), self.assert_sounding(sound))

    async def test_a_viewer_who_was_there_first_sees_what_starts_later(self):
        sound, picture, _ = await self.watch("early")
        await asyncio.sleep(1)
        await self.publish("early", "video/VP8")
        await asyncio.gather(self.assert_moving(picture), self.assert_sounding(sound))

    async def test_a_publisher_who_comes_again_is_seen_by_the_viewers_of_the_first(self):
        first, _ = await self.publish("again", "video/VP8")
        _, picture, _ = await self.watch("again")
        await self.assert_moving(picture)
        await self.publish("again", "video/VP8")
        await first.close()
        # What the first one sent may still be in the jitter buffer: more than that must come.
        await self.assert_moving(picture)
        await self.assert_moving(picture)

    async def test_a_session_ends_once(self):
        await self.publish("end", "video/VP8")
        _, _, session = await self.watch("end")
        token = self.lectern.token("end", "student")
        self.assertEqual((await send("DELETE", session, token)).status, 200)
        self.assertEqual((await send("DELETE", session, token)).status, 404)

    async def test_nobody_gets_in_without_the_right_token(self):
        pc = peer()
        self.peers.append(pc)
        pc.addTransceiver("video", direction="recvonly")
        await pc.setLocalDescription(await pc.createOffer())
        offer = pc.localDescription.sdp
        watch = self.lectern.url("locked", "whep")
        self.assertEqual((await send("POST", watch, None, offer)).status, 401)
        self.assertEqual((await send("POST", watch, "a.b.c", offer)).status, 401)
        self.assertEqual((await send("POST", watch, self.lectern.token("other", "student"), offer)).status, 403)
        publish = self.lectern.url("locked", "whip/camera")
        self.assertEqual((await send("POST", publish, self.lectern.token("locked", "student"), offer)).status, 403)


if __name__ == "__main__":
    unittest.main()
