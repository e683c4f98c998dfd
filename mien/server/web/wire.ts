// Written from mien/server/wire.py by: python -m mien.server.wire. A test says that they agree.

export const VERSION = 1;

/** start, stop : seconds of the session */
export interface Word {
  start: number;
  stop: number;
  text: string;
}

/** A STUN or TURN server, as a browser's RTCPeerConnection takes it. */
export interface Ice {
  urls: string;
  username: string;
  credential: string;
}

/** How a session is opened over HTTP; what is left out is as the server was started. */
export interface Opened {
  voice?: string | null;
  emotion?: string | null;
}

/** Words for the face to answer. at : seconds of the session that have been heard, if it is speaking */
export interface Say {
  type: "say";
  text: string;
  at?: number | null;
}

/** Words for the face to say itself, tags included: nobody is asked. */
export interface Perform {
  type: "perform";
  text: string;
}

/** Somebody types: the face listens, and stops if it was speaking. at : as in Say */
export interface Typing {
  type: "typing";
  at?: number | null;
}

/** Be quiet. at : as in Say */
export interface Interrupt {
  type: "interrupt";
  at?: number | null;
}

/** What is felt from now on, as for --emotion: "happy:0.6", "neutral". */
export interface Feel {
  type: "feel";
  emotion: string;
}

/** How it moves from now on, as amounts of --style that suit ready motion: "jaw=1.2,head=0.5"; "" is as usual. */
export interface Move {
  type: "move";
  style: string;
}

/** The voice to speak with from the next answer on. */
export interface Use {
  type: "use";
  voice: string;
}

/** Sound of a microphone follows, or no longer does, as binary messages (see ``sound_from``). */
export interface Ear {
  type: "ear";
  on: boolean;
}

/** Ready speech follows as binary messages (see ``speech_from``), to be said as it comes. rate : Hz, 8000..48000 */
export interface Speak {
  type: "speak";
  rate: number;
}

/** It was all sent. */
export interface Spoken {
  type: "spoken";
}

/** The first message. rate : frames a second, a fraction; sample_rate : Hz of what is heard; ice : for WebRTC */
export interface Welcome {
  type: "welcome";
  version: number;
  session: string;
  voice: string;
  voices: Record<string, string>;
  emotion: string;
  emotions: string[];
  agent: string;
  rate: string;
  size: number;
  sample_rate: number;
  ice: Ice[];
}

/** What the face does. at : seconds of the session */
export interface Now {
  type: "now";
  state: "idle" | "listening" | "thinking" | "speaking" | "interrupted";
  at: number;
}

/** What was understood of somebody's speech. final : they have finished, and it will be answered */
export interface Heard {
  type: "heard";
  text: string;
  final: boolean;
}

/** An answer that is over, as it was really said. interrupted : more was to come */
export interface Said {
  type: "said";
  text: string;
  interrupted: boolean;
}

/** An interruption: media of earlier epochs are not to be played any more. */
export interface Quiet {
  type: "quiet";
  epoch: number;
}

/** Something the person should know. problem : it went wrong */
export interface Notice {
  type: "notice";
  text: string;
  problem: boolean;
}

/** The last message of a data channel. asleep : nobody was there, come back when somebody is */
export interface Over {
  type: "over";
  asleep: boolean;
}

/** Of the microphone. loudness : 0 silence .. 1 loud; voice : somebody speaks; own : it is the face itself */
export interface Level {
  type: "level";
  loudness: number;
  voice: boolean;
  own: boolean;
}

/** One stretch of performance: frames [start, stop) at ``rate`` and their sound. sample, samples : place on the session's clock, and count, of 16-bit little-endian mono sound at ``sample_rate`` pictures : bytes of each JPEG, in order, the last ones of the stretch; fewer than frames when some were dropped words : that begin in it */
export interface Media {
  type: "media";
  epoch: number;
  start: number;
  stop: number;
  rate: string;
  sample: number;
  samples: number;
  sample_rate: number;
  pictures: number[];
  words: Word[];
}

/** The first line of a session's motion. channels : names of the values; rate : frames a second, a fraction */
export interface MotionHead {
  type: "motionhead";
  channels: string[];
  rate: string;
}

/** One frame of it. index : on the session's clock; at : its beginning there, seconds: the sound's clock, too */
export interface Motion {
  type: "motion";
  index: number;
  at: number;
  epoch: number;
  values: number[];
}

export type PageMessage = Say | Perform | Typing | Interrupt | Feel | Move | Use | Ear | Speak | Spoken;
export type ServerMessage = Welcome | Now | Heard | Said | Quiet | Notice | Over | Level | Media;
