// Plays a session that comes over WebRTC: the browser itself keeps sound and pictures together. As player.js to the page.
// @ts-check

/** @typedef {import("./wire").Media} Media */
/** @typedef {import("./wire").Ice} Ice */

const HUSH = 0.25; // seconds for which what the server had not yet stopped is not heard
const HELD = 80; // milliseconds that the browser holds of sound and of pictures at least
const MOST = 1000; // and of pictures at most, with sound that has to be held so long
const SETTLED = 0.2; // seconds of sound, beyond which a browser makes up for it faster than pictures follow
const FLOW = 19200; // samples between two looks, 0.4 s of 0.5, with which the browser takes the sound that comes
const FLOWS = 4; // looks after which it will go on so
const APART = 0.1; // seconds between picture and sound that it soon makes up for
const LOOKS = 60; // looks after which a line that does not settle is taken as it is
const ON = 20; // of the way of sound from its buffer to the ear, which pictures do not have
const COMING = 8000; // milliseconds within which the first picture must have come
const SILENT = 3000; // milliseconds without a word of the server's after which the line is dead
const DRIFT = 0.001; // seconds by which the line's least delay is forgotten with every head: clocks differ

/** @param {string} rate */
function number(rate) {
  const [above, below = "1"] = rate.split("/");
  return Number(above) / Number(below);
}

export class Remote {
  /**
   * @param {HTMLVideoElement} video
   * @param {{message: (message: any) => void, word: (word: import("./wire").Word) => void,
   *   shown: () => void, gone: (asleep: boolean) => void}} handlers
   */
  constructor(video, handlers) {
    this.video = video;
    this.handlers = handlers;
    this.epoch = 0;
    this.lag = NaN; // seconds from the session's clock to this one, where it was least
    this.delay = 0.1; // seconds of sound in the browser's buffer
    this.hushed = false;
    this.woken = false;
    this.playing = this.ended = false;
    this.loud = false;
    // until sound and pictures flow together: Firefox takes no sound while it opens the loudspeakers, and makes up for that slowly
    this.settled = false;
    this.flows = 0; // looks with FLOW, one after the other
    this.looks = 0; // since the first picture
    /** @type {import("./wire").Word[]} */
    this.words = [];
    this.counts = { shown: 0, dropped: 0, gaps: 0 };
    /** @type {number[]} */
    this.shownAt = [];
    this.skew = 0;
    this.worst = 0;
    /** @type {((delay: number) => void) | null} */
    this.firstSound = null;
    this.told = performance.now();
    this.emitted = { delay: 0, count: 0 };
  }

  /** Ask the server. Throws where it cannot be. @param {string} address of the offer @param {Ice[]} servers */
  async connect(address, servers) {
    const line = new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-bundle" });
    this.line = line;
    this.channel = line.createDataChannel("wire");
    this.channel.onmessage = ({ data }) => this.receive(JSON.parse(data));
    this.channel.onclose = () => this.end(false);
    line.onconnectionstatechange = () => {
      if (["failed", "closed"].includes(line.connectionState)) this.end(false);
    };
    this.microphone = line.addTransceiver("audio", { direction: "sendrecv" });
    line.addTransceiver("video", { direction: "recvonly" });
    const stream = new MediaStream();
    line.ontrack = ({ track, receiver }) => {
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = HELD; // the same for both, that they stay together
      if (track.kind === "video") this.pictures = receiver;
      stream.addTrack(track);
      this.video.srcObject = stream;
    };
    this.video.muted = true;
    this.video.requestVideoFrameCallback?.((now, frame) => this.seen(now, frame));
    this.timers = [setTimeout(() => this.playing || this.end(false), COMING), setInterval(() => this.look(), 500)];
    const draw = () => {
      this.draw();
      if (!this.ended) requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
    await line.setLocalDescription(await line.createOffer());
    await gathered(line);
    const answer = await fetch(address, { method: "POST", body: line.localDescription?.sdp });
    if (!answer.ok) throw new Error(await answer.text());
    if (this.ended) return;
    await line.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    await this.video.play();
  }

  /** @param {any} message */
  receive(message) {
    this.told = performance.now();
    if (message.type === "media") this.place(message);
    else if (message.type === "over") this.end(message.asleep);
    else if (message.type !== "welcome") this.handlers.message(message);
  }

  /** The head of a stretch: it comes when its sound comes. @param {Media} media */
  place(media) {
    if (media.epoch < this.epoch) return;
    const lag = performance.now() / 1000 - media.start / number(media.rate);
    this.lag = Number.isNaN(this.lag) || lag < this.lag ? lag : this.lag + DRIFT;
    this.words.push(...media.words);
    if (media.words.length && this.firstSound) {
      this.firstSound(Math.max(0, media.words[0].start - this.at));
      this.firstSound = null;
    }
    if (media.words.length) this.loud = true;
  }

  get open() {
    return this.channel?.readyState === "open";
  }

  /** @param {import("./wire").PageMessage} message */
  send(message) {
    if (this.open) this.channel?.send(JSON.stringify(message));
    return this.open;
  }

  /** The microphone's track, or none. @param {MediaStreamTrack | null} track */
  async listen(track) {
    await this.microphone?.sender.replaceTrack(track);
  }

  async wake() {
    this.woken = true;
    this.video.muted = this.hushed;
    await this.video.play();
  }

  get awake() {
    return this.woken;
  }

  /** Seconds of the session that have been heard. */
  get at() {
    return performance.now() / 1000 - this.lag - this.delay;
  }

  /** Whether words are being heard, or were a moment ago. */
  get sounding() {
    return this.loud;
  }

  hush(seconds = HUSH) {
    this.hushed = true;
    this.video.muted = true;
    clearTimeout(this.hushing);
    this.hushing = setTimeout(() => {
      this.hushed = false;
      this.video.muted = !this.woken;
    }, 1000 * seconds);
    this.loud = false;
  }

  /** What is in the browser's buffer is of an earlier epoch and not to be heard. @param {number} epoch */
  quiet(epoch) {
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.words = [];
    this.hush(this.delay + 0.05);
  }

  draw() {
    const at = this.at;
    while (this.words.length && this.words[0].start <= at) this.handlers.word(/** @type {any} */ (this.words.shift()));
  }

  /** @param {number} now @param {any} frame */
  seen(now, frame) {
    this.counts.shown++;
    this.shownAt.push(now);
    while (this.shownAt.length && this.shownAt[0] < now - 1000) this.shownAt.shift();
    if (!this.playing && !this.ended) {
      this.playing = true;
      this.handlers.shown();
    }
    if (!this.ended) this.video.requestVideoFrameCallback((later, next) => this.seen(later, next));
  }

  /** What the browser measures. */
  async look() {
    if (this.playing && performance.now() - this.told > SILENT) return this.end(false);
    /** @type {any} */ let sound, /** @type {any} */ picture;
    for (const report of (await this.line?.getStats())?.values() ?? []) {
      if (report.type === "inbound-rtp") report.kind === "audio" ? (sound = report) : (picture = report);
    }
    const count = sound?.jitterBufferEmittedCount - this.emitted.count;
    this.flows = count > FLOW ? this.flows + 1 : 0;
    this.looks += Number(this.playing);
    if (count > 0) {
      this.delay = (sound.jitterBufferDelay - this.emitted.delay) / count;
      this.emitted = { delay: sound.jitterBufferDelay, count: sound.jitterBufferEmittedCount };
      this.counts.gaps = sound.concealmentEvents ?? 0;
      // where sound comes unevenly its buffer grows at once, and the browser lets the pictures follow within many seconds
      if (this.settled && this.pictures && "jitterBufferTarget" in this.pictures)
        this.pictures.jitterBufferTarget = Math.min(Math.max(HELD, 1000 * this.delay) + ON, MOST);
    }
    this.counts.dropped = picture?.framesDropped ?? 0;
    // a picture that is held because none came is not apart from its sound
    const fresh = performance.now() - (this.shownAt.at(-1) ?? -Infinity) < HELD;
    if (fresh && sound?.estimatedPlayoutTimestamp && picture?.estimatedPlayoutTimestamp) {
      this.skew = (sound.estimatedPlayoutTimestamp - picture.estimatedPlayoutTimestamp) / 1000;
      if (this.loud) this.worst = Math.max(this.worst, Math.abs(this.skew));
    }
    this.settled ||= (this.flows >= FLOWS && this.delay < SETTLED && Math.abs(this.skew) < APART) || this.looks > LOOKS;
  }

  get fps() {
    const now = performance.now();
    return this.shownAt.filter((t) => t > now - 1000).length;
  }

  get ready() {
    return this.delay;
  }

  /** @param {boolean} asleep */
  end(asleep) {
    if (this.ended) return;
    this.ended = true;
    for (const timer of this.timers ?? []) clearTimeout(timer);
    clearTimeout(this.hushing);
    this.line?.close();
    this.video.srcObject = null;
    this.handlers.gone(asleep);
  }
}

/** Once it knows the addresses it can be reached at. @param {RTCPeerConnection} line */
function gathered(line) {
  return new Promise((done) => {
    const look = () => line.iceGatheringState === "complete" && done(null);
    line.addEventListener("icegatheringstatechange", look);
    setTimeout(done, 1500); // a server that does not answer holds up nobody
    look();
  });
}
