// The microphone: 16 kHz, 40 ms at a time, the browser taking out what the loudspeakers play.
// @ts-check

export class Microphone {
  /** @param {(sound: Int16Array) => void} heard */
  constructor(heard) {
    this.heard = heard;
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  get on() {
    return this.stream !== null;
  }

  get track() {
    return this.stream?.getAudioTracks()[0] ?? null;
  }

  async toggle() {
    if (this.stream) {
      for (const track of this.stream.getTracks()) track.stop();
      await this.context?.close();
      this.stream = null;
      return;
    }
    if (!navigator.mediaDevices) throw new Error("browsers allow it on this machine and over HTTPS only");
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule("ear.js");
    const ear = new AudioWorkletNode(this.context, "ear", { numberOfOutputs: 0 });
    ear.port.onmessage = ({ data }) => this.heard(data);
    this.context.createMediaStreamSource(stream).connect(ear);
    this.stream = stream;
  }
}
