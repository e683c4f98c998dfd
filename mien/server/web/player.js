// Plays a session: the sound is the clock. Sound is never dropped, pictures are.
// @ts-check

/** @typedef {import("./wire").Media} Media */

const LEAST = 0.07; // seconds of sound held ready at least
const MOST = 0.4; // and at most: after a gap it becomes more, while all is well less
const STEP = 0.03; // by which it grows after a gap
const FADE = 0.015; // seconds in which sound goes away
const HUSH = 0.25; // seconds for which what the server had not yet stopped is not played
const APART = 0.04; // seconds that a picture may be from its sound; beyond, it is not shown
const SLACK = 0.06; // seconds it may be behind before silence is cut short

/** @param {string} rate */
function number(rate) {
  const [above, below = "1"] = rate.split("/");
  return Number(above) / Number(below);
}

export class Player {
  /** @param {HTMLCanvasElement} canvas @param {(words: import("./wire").Word) => void} word told each word as it is heard */
  constructor(canvas, word) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.word = word;
    this.epoch = 0;
    this.offset = NaN; // clock minus session time
    this.target = LEAST;
    this.hushed = 0; // until when (clock) sound of the present epoch is not played
    /** @type {{at: number, stop: number, epoch: number, bitmap: ImageBitmap | null}[]} */
    this.frames = [];
    /** @type {import("./wire").Word[]} */
    this.words = [];
    /** @type {Set<AudioBufferSourceNode>} */
    this.sources = new Set();
    this.counts = { shown: 0, dropped: 0, gaps: 0 };
    /** @type {number[]} */
    this.shownAt = [];
    this.skew = 0; // of the last picture, seconds after the sound
    this.worst = 0; // of all that were shown while there was sound
    this.last = 0;
    this.level = 0; // of what is heard now
    /** @type {((delay: number) => void) | null} */
    this.firstSound = null;
    const draw = () => {
      this.draw();
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  }

  /** Sound on: browsers want a click or a key before. @param {number} rate Hz */
  async wake(rate = 24000) {
    if (!this.context) {
      this.context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
      this.gain = this.context.createGain();
      this.gain.connect(this.context.destination);
    }
    const before = this.at, since = performance.now();
    if (this.context.state !== "running") await this.context.resume(); // which may take its time: the session goes on
    this.offset = this.now - before - (performance.now() - since) / 1000;
  }

  get awake() {
    return this.context?.state === "running";
  }

  /** Seconds on the clock that all follows: that of the sound, as soon as there is one. */
  get now() {
    return this.awake && this.context ? this.context.currentTime : performance.now() / 1000;
  }

  /** Seconds from the clock to the ear. */
  get outlet() {
    return this.awake && this.context ? this.context.outputLatency || this.context.baseLatency || 0 : 0;
  }

  /** Seconds of the session that have been heard. */
  get at() {
    return this.now - this.offset - this.outlet;
  }

  /** @param {Media} media @param {Int16Array} sound @param {Uint8Array[]} pictures */
  add(media, sound, pictures) {
    if (media.epoch < this.epoch) return;
    const rate = number(media.rate), start = media.start / rate;
    if (media.epoch > this.epoch) this.quiet(media.epoch);
    const loud = sound.some((v) => Math.abs(v) > 60);
    this.place(start, loud);
    if (loud && this.firstSound) {
      this.firstSound(start + this.offset + this.outlet - this.now);
      this.firstSound = null;
    }
    if (this.awake && loud && this.now >= this.hushed) this.play(sound, media.sample_rate, start + this.offset);
    const first = media.stop - pictures.length;
    pictures.forEach((picture, i) => this.expect(picture, (first + i) / rate, 1 / rate, media.epoch));
    this.counts.dropped += media.stop - media.start - pictures.length;
    this.words.push(...media.words);
  }

  /** Where the stretch that begins at ``start`` goes on the clock. @param {number} start @param {boolean} loud */
  place(start, loud) {
    const ready = start + this.offset - this.now;
    if (Number.isNaN(ready) || ready > 5 || ready < -5) {
      this.offset = this.now + this.target - start;
    } else if (ready < 0.005) {
      if (loud && this.sources.size) this.counts.gaps++;
      this.target = Math.min(this.target + STEP, MOST);
      this.offset += this.target - ready;
    } else if (ready > this.target + SLACK && !loud && !this.sources.size) {
      this.offset -= ready - this.target; // nothing is lost but silence
      this.target = Math.max(LEAST, this.target - 0.002);
    }
  }

  /** @param {Int16Array} sound @param {number} rate @param {number} when clock */
  play(sound, rate, when) {
    const { context, gain } = this;
    if (!context || !gain) return;
    const buffer = context.createBuffer(1, sound.length, rate), samples = buffer.getChannelData(0);
    for (let i = 0; i < sound.length; i++) samples[i] = sound[i] / 32768;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(gain);
    source.onended = () => this.sources.delete(source);
    this.sources.add(source);
    source.start(when);
  }

  /** @param {Uint8Array} picture @param {number} at @param {number} length @param {number} epoch */
  expect(picture, at, length, epoch) {
    if (document.hidden) return;
    const frame = { at, stop: at + length, epoch, bitmap: /** @type {ImageBitmap | null} */ (null) };
    this.frames.push(frame);
    createImageBitmap(new Blob([/** @type {BlobPart} */ (picture)], { type: "image/jpeg" })).then((bitmap) => (frame.bitmap = bitmap));
  }

  /** Whether something is being heard, or about to be. */
  get sounding() {
    return this.sources.size > 0;
  }

  /** No sound from now on: somebody wants to speak. Asked of the server, too; this is what happens at once. */
  hush() {
    this.hushed = this.now + HUSH;
    this.silence();
  }

  silence() {
    const { context, gain } = this;
    if (context && gain) {
      gain.gain.setValueAtTime(1, context.currentTime);
      gain.gain.linearRampToValueAtTime(0, context.currentTime + FADE);
      const fresh = context.createGain();
      fresh.connect(context.destination);
      this.gain = fresh;
      for (const source of this.sources) source.stop(context.currentTime + FADE);
    }
    this.sources.clear();
  }

  /** Media of earlier epochs are over. @param {number} epoch */
  quiet(epoch) {
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.hushed = 0;
    this.silence();
    const late = this.frames.filter((f) => f.epoch >= epoch);
    for (const frame of this.frames) if (frame.epoch < epoch) frame.bitmap?.close();
    this.frames = late;
    this.words = [];
    this.offset = NaN; // what comes next is shown at once
  }

  draw() {
    const at = this.at;
    while (this.words.length && this.words[0].start <= at) this.word(/** @type {any} */ (this.words.shift()));
    let due = -1;
    for (let i = 0; i < this.frames.length && this.frames[i].at <= at; i++) if (this.frames[i].bitmap) due = i;
    if (due < 0) return;
    const frame = this.frames[due];
    for (const passed of this.frames.splice(0, due + 1)) {
      if (passed !== frame) {
        this.counts.dropped++;
        passed.bitmap?.close();
      }
    }
    const { bitmap } = frame, skew = at - (frame.at + frame.stop) / 2;
    if (!bitmap) return;
    if (this.sources.size && Math.abs(skew) > APART) {
      this.counts.dropped++;
      bitmap.close();
      return;
    }
    if (this.canvas.width !== bitmap.width) [this.canvas.width, this.canvas.height] = [bitmap.width, bitmap.height];
    this.pen?.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.counts.shown++;
    this.skew = skew;
    if (this.sources.size) this.worst = Math.max(this.worst, Math.abs(skew));
    const now = performance.now();
    this.shownAt.push(now);
    while (this.shownAt.length && this.shownAt[0] < now - 1000) this.shownAt.shift();
  }

  /** Frames shown in the last second. */
  get fps() {
    const now = performance.now();
    return this.shownAt.filter((t) => t > now - 1000).length;
  }

  /** Seconds of sound held ready. */
  get ready() {
    return this.target;
  }
}
