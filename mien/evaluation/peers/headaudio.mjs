// node headaudio.mjs PACKAGE SOUND RATE: the values HeadAudio gives its visemes, at each animation frame.

import { animate, context, inside, print, samples } from './webaudio.mjs';

const [folder, sound, rate] = process.argv.slice(2);
const audio = context(Number(rate));
await audio.audioWorklet.addModule(inside(folder, 'dist/headworklet.min.mjs'));
const { HeadAudio } = await import(inside(folder, 'dist/headaudio.min.mjs'));

const head = new HeadAudio(audio);
await head.loadModel(inside(folder, 'dist/model-en-mixed.bin'));
const now = Object.fromEntries(head.visemeNames.map((name) => [name, 0]));
head.onvalue = (name, value) => { now[name] = value; };

const times = [], values = [];
animate(head, samples(sound), (time, since) => {
  head.update(since);
  times.push(time);
  values.push(Object.values(now));
});
print(Object.keys(now).map((name) => name.replace('viseme_', '')), times, values);
