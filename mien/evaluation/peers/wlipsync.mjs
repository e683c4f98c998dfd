// node wlipsync.mjs PACKAGE SOUND RATE PROFILE: wLipSync's weights times its volume, at each animation frame.
// Without PROFILE: the twelve coefficients it computes of each block, which is what a profile is made of.

import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { animate, context, inside, play, print, samples } from './webaudio.mjs';

const [folder, sound, rate, path] = process.argv.slice(2);
const COEFFICIENTS = 12;
const BLANK = { // uLipSync's own settings of a new profile; as many sounds as coefficients, see wlipsync.py
  targetSampleRate: 16000, sampleCount: 1024, melFilterBankChannels: 30, compareMethod: 1, mfccNum: COEFFICIENTS,
  mfccDataCount: 1, useStandardization: false,
  mfccs: Array.from({ length: COEFFICIENTS }, (_, i) => (
    { name: String(i), mfccCalibrationDataList: [{ array: Array(COEFFICIENTS).fill(0) }] })),
};

const { createWLipSyncNode } = await import(inside(folder, 'dist/wlipsync-single.js'));
const profile = path ? JSON.parse(readFileSync(path, 'utf-8')) : BLANK;
const node = await createWLipSyncNode(context(Number(rate)), profile);
while (!node.processor.exports) await after(1); // its WebAssembly is instantiated behind the constructor

const times = [], values = [];
if (path) {
  const names = Object.keys(node.weights);
  animate(node, samples(sound), (time) => {
    times.push(time);
    values.push(names.map((name) => node.weights[name] * node.volume)); // as its example does
  });
  print(names, times, values);
} else {
  const { exports, inputBuffer } = node.processor;
  const found = new Float32Array(inputBuffer.buffer, exports.mfccOut.value, COEFFICIENTS);
  let heard = 0;
  node.port.onmessage = () => { heard += 1; };
  play(node, samples(sound), (time) => {
    if (heard === times.length) return;
    times.push(time);
    values.push([...found]);
  });
  print([...found.keys()].map(String), times, values);
}
