// The little of Web Audio that an AudioWorklet package needs, for Node: both ends of a worklet in one thread, messages
// handed over at once, time by the samples. No sound is computed here; the packages do that themselves.

import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export const QUANTUM = 128; // samples in a render quantum: Web Audio API, 1.1
const ANIMATION_RATE = 60; // animation frames per second: an ordinary screen

const registered = new Map();
let created = null; // the node whose processor is being constructed: it has the other end of the port

class Port {
  other = null;
  onmessage = null;
  postMessage(data) { this.other.onmessage?.({ data }); }
}

globalThis.AudioWorkletProcessor = class {
  constructor() { this.port = created.far; }
};

globalThis.registerProcessor = (name, type) => registered.set(name, type);

globalThis.AudioWorkletNode = class {
  constructor(context, name, options = {}) {
    if (!registered.has(name)) throw new Error(`no processor ${name}`); // createWLipSyncNode waits for this
    this.context = context;
    this.port = new Port();
    this.far = new Port();
    [this.port.other, this.far.other] = [this.far, this.port];
    const type = registered.get(name);
    const described = (type.parameterDescriptors ?? []).map((p) => [p.name, { value: p.defaultValue }]);
    this.parameters = new Map(described);
    for (const [key, value] of Object.entries(options.parameterData ?? {})) this.parameters.get(key).value = value;
    created = this;
    this.processor = new type(options);
  }
  render(block) {
    const values = [...this.parameters].map(([name, p]) => [name, Float32Array.of(p.value)]);
    this.processor.process([[block]], [], Object.fromEntries(values));
  }
};

// Node's own fetch reads data: but no files.
const fetched = globalThis.fetch;
globalThis.fetch = async (what) =>
  String(what).startsWith('file:') ? new Response(await readFile(new URL(what))) : fetched(what);

/** A context for `node`s: rate in Hz. Sets the globals of the AudioWorkletGlobalScope. */
export function context(rate) {
  Object.assign(globalThis, { sampleRate: rate, currentFrame: 0, currentTime: 0 });
  return { sampleRate: rate, audioWorklet: { addModule: (url) => import(String(url)) } };
}

/** The URL of a file inside a package's folder. */
export const inside = (folder, path) => String(new URL(path, pathToFileURL(folder + '/')));

/** Raw little-endian float32 samples, one channel. */
export function samples(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Plays `sound` into a node, quantum by quantum; `seen(time)` is called after each, time being what has been played. */
export function play(node, sound, seen) {
  for (let at = 0; at < sound.length; at += QUANTUM) {
    const block = new Float32Array(QUANTUM); // the last one ends in silence
    block.set(sound.subarray(at, at + QUANTUM));
    globalThis.currentFrame = at;
    globalThis.currentTime = at / sampleRate;
    node.render(block);
    seen((at + QUANTUM) / sampleRate);
  }
}

/** As `play`; `frame(time, milliseconds since the last one)` is called as often as a screen is drawn. */
export function animate(node, sound, frame) {
  let drawn = 0;
  play(node, sound, (time) => {
    for (; (drawn + 1) / ANIMATION_RATE <= time; drawn++) frame((drawn + 1) / ANIMATION_RATE, 1000 / ANIMATION_RATE);
  });
}

/** Prints {names, times, values}: what mien/evaluation/peers/node.py reads. */
export function print(names, times, values) {
  process.stdout.write(JSON.stringify({ names, times, values }));
}
