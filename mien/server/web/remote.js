// Plays a session that comes over WebRTC: the browser itself keeps sound and pictures together. As player.js to the page.
// @ts-check

/** @typedef {import("./wire").Media} Media */
/** @typedef {import("./wire").Ice} Ice */

const HUSH = 0.25; // seconds for which what the server had not yet stopped is not heard
const HELD = 80; // milliseconds that the browser holds of sound and of pictures at least
const MOST = 1000; // and of pictures at most, with sound that has to be held so long
const STEADY = 0.01; // seconds by which the sound's buffer may change between two looks: while it shrinks, nothing is together
const FLOW = 19200; // samples between two looks, 0.4 s of 0.5, with which the browser takes the sound that comes
const FLOWS = 4; // looks after which it will go on so
const APART = 0.04; // seconds that a picture may be from its sound
const CLOSE = 0.02; // seconds apart that are left as they are
const MENDED = 250; // milliseconds by which they are held differently at a look, for each second that they are apart
const MILDLY = 10; // and at most
const LOOKS = 60; // looks within which a line must have settled
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
    this.playing = this.ended = false;
    this.loud = false;
    // until sound and pictures flow together, which takes seconds from when the loudspeakers begin to open
    this.settled = false;
    this.flows = 0; // looks with FLOW and nothing apart, one after the other
    this.looks = 0; // since the first picture
    this.late = 0; // milliseconds by which pictures must be held less than sound
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
      else this.sound = receiver;
      stream.addTrack(track);
      this.video.srcObject = stream;
    };
    this.video.volume = 0; // loudspeakers open, though nothing is to be heard of it yet
    this.video.muted = this.video.volume > 0; // a telephone that lets nobody set it
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

  /** From now on it is heard. */
  begin() {
    this.video.volume = 1;
    this.video.muted = false;
  }

  /** Sound was wanted before it came. */
  get awake() {
    return true;
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
    this.video.muted = true;
    clearTimeout(this.hushing);
    this.hushing = setTimeout(() => (this.video.muted = false), 1000 * seconds);
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
    const before = this.delay;
    const count = sound?.jitterBufferEmittedCount - this.emitted.count;
    this.looks += Number(this.playing);
    if (count > 0) {
      this.delay = (sound.jitterBufferDelay - this.emitted.delay) / count;
      this.emitted = { delay: sound.jitterBufferDelay, count: sound.jitterBufferEmittedCount };
      this.counts.gaps = sound.concealmentEvents ?? 0;
    }
    this.counts.dropped = picture?.framesDropped ?? 0;
    // a picture that is held because none came is not apart from its sound
    const fresh = performance.now() - (this.shownAt.at(-1) ?? -Infinity) < HELD;
    const known = fresh && sound?.estimatedPlayoutTimestamp && picture?.estimatedPlayoutTimestamp;
    if (known) {
      this.skew = (sound.estimatedPlayoutTimestamp - picture.estimatedPlayoutTimestamp) / 1000;
      if (this.loud) this.worst = Math.max(this.worst, Math.abs(this.skew));
    }
    const steady = known && count > FLOW && Math.abs(this.delay - before) < STEADY;
    if (steady) {
      if (Math.abs(this.skew) > CLOSE) this.late += Math.min(Math.max(-MILDLY, MENDED * this.skew), MILDLY);
      this.hold(Math.max(HELD, 1000 * this.delay) + ON - this.late, HELD + Math.max(0, this.late / 2));
    }
    this.flows = steady && Math.abs(this.skew) < APART ? this.flows + 1 : 0;
    this.settled ||= this.flows >= FLOWS;
    if (!this.settled && this.looks > LOOKS) this.end(false); // the socket keeps them together
  }

  /**
   * How long each is held at least. Where sound comes unevenly its buffer grows at once, and the browser lets the pictures
   * follow within many seconds; and Firefox shows them later than it is asked to.
   * @param {number} pictures @param {number} sound milliseconds
   */
  hold(pictures, sound) {
    for (const [receiver, target] of /** @type {[any, number][]} */ ([[this.pictures, pictures], [this.sound, sound]])) {
      if (receiver && "jitterBufferTarget" in receiver) receiver.jitterBufferTarget = Math.min(Math.max(0, target), MOST);
    }
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
