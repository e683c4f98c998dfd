// A live session over a WebSocket: messages as wire.ts has them, media as they come. It connects again by itself.
// @ts-check

/** @typedef {import("./wire").PageMessage} PageMessage */
/** @typedef {import("./wire").ServerMessage} ServerMessage */
/** @typedef {import("./wire").Media} Media */

export const VERSION = 1;

const ASLEEP = 4000; // code of a socket that was closed because nobody was there
const AGAIN = [0.3, 0.6, 1.2, 2.5, 5]; // seconds until the next try to connect

/** The parts of a binary message. @param {ArrayBuffer} data */
export function unpacked(data) {
  const size = new DataView(data).getUint32(0, true);
  /** @type {Media} */
  const media = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, size)));
  let at = 4 + size;
  const sound = new Int16Array(data.slice(at, at + 2 * media.samples));
  at += 2 * media.samples;
  const pictures = media.pictures.map((length) => {
    const picture = new Uint8Array(data, at, length);
    at += length;
    return picture;
  });
  return { media, sound, pictures };
}

export class Client {
  /**
   * @param {{message: (message: ServerMessage) => void, lost: () => void, asleep: () => void,
   *   media: (media: Media, sound: Int16Array, pictures: Uint8Array[]) => void}} handlers
   * @param {string} base
   */
  constructor(handlers, base = location.href) {
    this.handlers = handlers;
    this.base = base;
    this.session = "";
    this.pictures = true;
    /** @type {{open: boolean, send: (message: PageMessage) => boolean} | null} */
    this.other = null; // another way to the same session
    this.tries = 0;
    this.closed = false;
    this.connect();
  }

  connect() {
    const url = new URL("v1/live", this.base);
    url.protocol = url.protocol.replace("http", "ws");
    url.search = "";
    const token = new URL(this.base).searchParams.get("token");
    if (token) url.searchParams.set("token", token);
    if (this.session) url.searchParams.set("session", this.session);
    if (!this.pictures) url.searchParams.set("pictures", "no");
    this.socket = new WebSocket(url);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.receive(data);
    this.socket.onclose = ({ code }) => (code === ASLEEP ? this.handlers.asleep() : this.again());
  }

  /** @param {string | ArrayBuffer} data */
  receive(data) {
    if (typeof data !== "string") {
      const { media, sound, pictures } = unpacked(data);
      this.handlers.media(media, sound, pictures);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      if (message.version !== VERSION) location.reload(); // the server is newer than this page
      this.session = message.session;
      this.tries = 0;
    }
    this.handlers.message(message);
  }

  again() {
    if (this.closed) return;
    this.handlers.lost();
    const wait = AGAIN[Math.min(this.tries++, AGAIN.length - 1)];
    setTimeout(() => this.connect(), 1000 * wait);
  }

  get open() {
    return this.other?.open || this.socket?.readyState === WebSocket.OPEN;
  }

  /** With pictures or without, from now on. @param {boolean} wanted */
  want(wanted) {
    if (this.pictures === wanted) return;
    this.pictures = wanted;
    this.leave(null);
    this.connect();
  }

  /** From now on by another way, which says itself what comes. @param {{open: boolean, send: (message: PageMessage) => boolean} | null} other */
  leave(other) {
    this.other = other;
    if (this.socket) this.socket.onmessage = this.socket.onclose = null;
    this.socket?.close();
  }

  /** Back to the socket: the other way was lost. @param {boolean} asleep nobody was there, and nobody asks again */
  back(asleep) {
    this.other = null;
    if (!asleep) this.again();
  }

  /** @param {PageMessage} message */
  send(message) {
    if (this.other) return this.other.send(message);
    if (this.open) this.socket?.send(JSON.stringify(message));
    return this.open;
  }

  /** Sound of the microphone, 16 kHz. @param {Int16Array} sound @param {number} at seconds of the session being heard */
  hear(sound, at) {
    if (this.other || !this.open) return;
    const data = new ArrayBuffer(8 + sound.byteLength);
    new DataView(data).setFloat64(0, at, true);
    new Int16Array(data, 8).set(sound);
    this.socket?.send(data);
  }

  /** Ready speech begins, to be said as it comes. @param {number} rate Hz */
  speak(rate) {
    return this.send({ type: "speak", rate });
  }

  /** A piece of it. @param {Int16Array} sound */
  utter(sound) {
    if (!this.open) return;
    const data = new Uint8Array(8 + sound.byteLength);
    data.set(new TextEncoder().encode("speaking"));
    data.set(new Uint8Array(sound.buffer, sound.byteOffset, sound.byteLength), 8);
    this.socket?.send(data);
  }

  /** It was all sent. */
  spoken() {
    return this.send({ type: "spoken" });
  }

  close() {
    this.closed = true;
    this.socket?.close();
  }
}
