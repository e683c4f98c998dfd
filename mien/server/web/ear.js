// Runs beside the page, on its sound's own thread: a microphone's samples become 16 kHz, 640 at a time.

const RATE = 16000;
const CHUNK = 640; // samples, 40 ms

class Ear extends AudioWorkletProcessor {
  constructor() {
    super();
    this.sum = this.count = this.phase = this.filled = 0;
    this.chunk = new Int16Array(CHUNK);
  }

  // The mean of what falls into each sample of 16 kHz: filter enough for a recogniser.
  process([[input]]) {
    for (const value of input ?? []) {
      this.sum += value;
      this.count++;
      this.phase += RATE / sampleRate;
      if (this.phase < 1) continue;
      this.phase -= 1;
      this.chunk[this.filled++] = 32767 * Math.max(-1, Math.min(1, this.sum / this.count));
      this.sum = this.count = 0;
      if (this.filled < CHUNK) continue;
      this.port.postMessage(this.chunk.slice());
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("ear", Ear);
