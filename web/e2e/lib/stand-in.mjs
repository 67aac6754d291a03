/**
 * A room played by a second page, for tests of what the apps look like: it answers WHIP and WHEP with a real peer
 * connection and test patterns, so that pictures move without a media server. What a media server must do is not tested
 * with this.
 */

/**
 * @typedef {{ camera?: boolean, screen?: boolean, stage?: number, speaker?: string, viewers?: number }} Room
 */

/**
 * Answers a page's requests to `/v1`.
 * @param {import("playwright-core").Browser} browser
 * @param {import("playwright-core").Page} page
 * @param {Room} room
 */
export async function standIn(browser, page, room) {
  const context = await browser.newContext({ permissions: ["camera", "microphone"] });
  const peer = await context.newPage();
  // Any page will do that may use devices; this one's answer is made here.
  await peer.route("http://127.0.0.1:9/", (route) => route.fulfill({ contentType: "text/html", body: "<title>peer</title>" }));
  await peer.goto("http://127.0.0.1:9/");
  /** @type {Scene | undefined} */
  let watching;
  await page.route("**/v1/rooms/**", async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    if (request.method() === "DELETE") return route.fulfill({ status: 200 });
    if (url.pathname.endsWith("/layer")) return route.fulfill({ status: 200 });
    if (url.pathname.endsWith("/events/1")) return route.fulfill({ contentType: "text/event-stream", body: watching === undefined ? "" : eventStream(room, watching) });
    if (url.pathname.endsWith("/events")) return route.fulfill({ status: 201, headers: { location: `${url.pathname}/1` } });
    if (request.method() !== "POST") return route.fulfill({ status: 405 });
    const offer = request.postData() ?? "";
    const scene = sceneOf(room, offer);
    if (url.pathname.endsWith("/whep")) watching = scene;
    const answer = await peer.evaluate(answerOffer, { offer, sources: scene.sources, active: scene.active });
    const link = ["server-sent-events", "layer"].map((name) => `<${url.pathname}/s/${name === "layer" ? "layer" : "events"}>; rel="urn:ietf:params:whep:ext:core:${name}"`);
    return route.fulfill({ status: 201, contentType: "application/sdp", headers: { location: `${url.pathname}/s`, link: link.join(", ") }, body: answer });
  });
  return context;
}

/** @typedef {{ voices: number, sources: string[], active: boolean[] }} Scene what is in the video slots of an offer */

const STAGE = Array.from({ length: 6 }, (_, n) => `stage/${n + 1}`);

/** @param {Room} room @param {string} offer @returns {Scene} */
function sceneOf(room, offer) {
  const voices = offer.split("m=audio").length - 1;
  // Students ask for the tutor's voice and three more; tutors do not hear themselves, and watch the stage alone.
  const sources = voices === 4 ? ["camera", "screen", ...STAGE] : STAGE;
  const stage = STAGE.slice(0, room.stage ?? 0);
  return { voices, sources, active: sources.map((source) => (source === "camera" ? room.camera === true : source === "screen" ? room.screen === true : stage.includes(source))) };
}

/** @param {Room} room @param {Scene} scene */
function eventStream(room, { voices, sources, active }) {
  const slots = [
    ...(voices === 4 ? [{ mid: "0", source: active.some(Boolean) ? "camera" : null }] : []),
    ...sources.map((source, index) => ({ mid: String(voices + index), source: active[index] ? source : null })),
  ];
  const event = (/** @type {string} */ name, /** @type {object} */ data) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  return event("slots", { slots }) + event("viewercount", { viewercount: room.viewers ?? 128 }) + event("speaker", { source: room.speaker ?? null });
}

/**
 * Runs in the peer's page: answers an offer, sending test patterns into the receive-only sections that are active.
 * @param {{ offer: string, sources: string[], active: boolean[] }} input
 */
async function answerOffer({ offer, sources, active }) {
  const pc = new RTCPeerConnection();
  await pc.setRemoteDescription({ type: "offer", sdp: offer });
  let video = 0;
  for (const transceiver of pc.getTransceivers()) {
    if (transceiver.receiver.track.kind !== "video") continue;
    const index = video++;
    const screen = sources[index] === "screen";
    if (active[index] !== true || !offer.includes("a=recvonly")) continue;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, screen ? { width: 1280, height: 800 } : { width: 640, height: 360 });
    const context = canvas.getContext("2d");
    if (context === null) continue;
    let tick = 0;
    setInterval(() => {
      tick += 1;
      if (screen) drawSlide(context, tick);
      else drawPerson(context, index, tick);
    }, 66);
    transceiver.direction = "sendonly";
    await transceiver.sender.replaceTrack(canvas.captureStream(15).getVideoTracks()[0] ?? null);
  }
  await pc.setLocalDescription(await pc.createAnswer());
  await new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") resolve(undefined);
    pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && resolve(undefined));
  });
  return pc.localDescription?.sdp ?? "";

  /** @param {CanvasRenderingContext2D} g @param {number} t */
  function drawSlide(g, t) {
    g.fillStyle = "#fdfcf8";
    g.fillRect(0, 0, 1280, 800);
    g.fillStyle = "#1c2024";
    g.font = "600 64px sans-serif";
    g.fillText("Parabolas", 90, 140);
    g.font = "34px sans-serif";
    g.fillText("y = a·x² + b·x + c", 90, 210);
    g.strokeStyle = "#0d6a6e";
    g.lineWidth = 7;
    g.beginPath();
    for (let x = -500; x <= 500; x += 10) g.lineTo(640 + x, 720 - (x * x) / 560);
    g.stroke();
    const x = Math.sin(t / 20) * 480;
    g.fillStyle = "#bf2f1e";
    g.beginPath();
    g.arc(640 + x, 720 - (x * x) / 560, 16, 0, 7);
    g.fill();
  }

  /** @param {CanvasRenderingContext2D} g @param {number} index @param {number} t */
  function drawPerson(g, index, t) {
    g.fillStyle = ["#3d5a66", "#56663d", "#6b5a44", "#4b4663"][index % 4] ?? "#444";
    g.fillRect(0, 0, 640, 360);
    const sway = Math.sin(t / 12) * 6;
    g.fillStyle = "#e8c9a8";
    g.beginPath();
    g.arc(320 + sway, 150, 70, 0, 7);
    g.fill();
    g.fillStyle = "#23303a";
    g.beginPath();
    g.ellipse(320 + sway / 2, 350, 150, 120, 0, 0, 7);
    g.fill();
  }
}
