// The page: what a person does becomes a message, what the server tells becomes something to see.
// @ts-check
import { Client } from "./client.js";
import { Player } from "./player.js";
import { Remote } from "./remote.js";
import { Head } from "./head.js";
import { Microphone } from "./microphone.js";

/** @param {string} id @returns {any} */
const $ = (id) => document.getElementById(id);
const AGAIN = 1500; // milliseconds between two messages that somebody types
const MOST_TRIES = 3; // to go over to WebRTC, until it has lasted

let state = "waking", asked = 0, typed = -AGAIN, rate = 24000, greeted = false;
/** @type {HTMLLIElement | null} */
let answer = null;
/** @type {HTMLLIElement | null} */
let guess = null;

// ------------------------------------------------------------------------------------- the talk

/** @param {string} kind @param {string} text */
function line(kind, text) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  const list = $("transcript"), below = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(item);
  if (below) list.scrollTop = list.scrollHeight;
  return item;
}

/** @param {import("./wire").Word} word as it is heard */
function word(word) {
  answer ??= line("face", "");
  answer.append((answer.textContent ? " " : "") + word.text);
  $("caption").textContent = answer.textContent?.split(" ").slice(-7).join(" ") ?? "";
  const list = $("transcript");
  list.scrollTop = list.scrollHeight;
}

const local = new Player($("face"), word);
/** @type {Player | Remote} */
let player = local;

/** @param {import("./wire").Said} said */
function over(said) {
  const item = answer;
  const end = () => {
    if (!said.interrupted && player.words.length) return void setTimeout(end, 200); // of a line that is slow
    if (item && answer === item) answer = null;
    if (item && said.interrupted) item.textContent = said.text;
    $("caption").textContent = "";
  };
  if (said.interrupted) {
    item?.classList.add("cut");
    end();
  } else setTimeout(end, 600); // its last words are on their way to the ear
}

/** @param {string} now */
function become(now) {
  state = now;
  $("state").textContent = { lost: "connection lost, trying again", asleep: "asleep: click to wake it", waking: "waking up" }[now] ?? now;
  $("state").dataset.state = now;
  $("stop").disabled = !(now === "speaking" || now === "thinking");
  for (const id of ["face", "video", "model"]) $(id).setAttribute("aria-label", `A face, ${now}`);
}

/** A voice as one would say it: "Heart, American woman". @param {string} name @param {string} what */
function spoken(name, what) {
  const short = name.replace(/^[abefhijpz][fm]_/, "");
  return `${short[0].toUpperCase()}${short.slice(1)}` + (what === name ? "" : `, ${what.split(",")[0]}`);
}

// ------------------------------------------------------------------------------- what the server tells

/** @type {Record<string, (message: any) => void>} */
const told = {
  welcome(message) {
    rate = message.sample_rate;
    local.epoch = 0;
    local.offset = NaN;
    become("idle");
    if (!greeted) {
      for (const [name, what] of Object.entries(message.voices)) {
        $("voice").append(new Option(spoken(name, what), name, false, name === message.voice));
      }
      for (const name of message.emotions) $("emotion").append(new Option(name, name));
    } else {
      client.send({ type: "use", voice: $("voice").value });
      feel();
      move();
    }
    if (microphone.on) client.send({ type: "ear", on: true });
    greeted = true;
    heard();
    welcomed = message;
    if (head.on) followed();
    else goOver();
  },
  now: (message) => become(message.state),
  quiet: (message) => player.quiet(message.epoch),
  heard(message) {
    guess ??= line("user guess", "");
    guess.textContent = message.text;
    if (message.final) {
      guess.className = "user";
      guess = null;
      answer = null;
      ask();
    }
  },
  said: over,
  notice(message) {
    const last = $("transcript").lastElementChild;
    if (last?.textContent !== message.text) line(message.problem ? "notice problem" : "notice", message.text);
  },
  level(message) {
    $("level").value = message.loudness;
    $("mic").dataset.voice = String(message.voice && !message.own);
  },
};

function ask() {
  asked = performance.now();
  player.firstSound = (delay) => {
    $("latency").textContent = `${Math.round(performance.now() - asked + 1000 * delay)} ms`;
    $("latency").dataset.ms = String(Math.round(performance.now() - asked + 1000 * delay));
  };
}

const client = new Client({
  message: (message) => told[message.type]?.(message),
  media: (media, sound, pictures) => local.add(media, sound, pictures),
  lost: () => become("lost"),
  asleep: () => sleep(),
});

function sleep() {
  become("asleep");
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => client.open || client.connect(), { once: true });
}

// --------------------------------------------------------------------------------- what somebody does

const chosen = new URLSearchParams(location.search).get("transport"); // websocket or webrtc, for whoever wants to choose
history.replaceState(null, "", location.pathname); // the token is not for the screen; a cookie has it from now on

/** Seconds of the session that have been heard, where that is known. */
const at = () => (Number.isFinite(player.at) ? Math.max(0, player.at) : null);

function heard() {
  $("sound").hidden = player.awake;
}

let used = false; // somebody has done something: only then do browsers let a page be heard

async function wake() {
  used = true;
  goOver();
  if (!player.awake) await player.wake(rate);
  heard();
}

/** Whether the server is this very machine: there, nothing is lost or late, and what is simplest is soonest. */
const NEAR = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
const TRANSPORT = chosen ?? (NEAR ? "websocket" : "webrtc");
let tries = 0;
/** @type {import("./wire").Welcome | null} */
let welcomed = null; // to a session that WebRTC was not tried for

/** Begin with the socket, go over to WebRTC once sound is on and pictures keep time with it, and come back when it is lost. */
async function goOver() {
  const welcome = welcomed;
  if (!welcome || !used || head.on || TRANSPORT !== "webrtc" || !("RTCPeerConnection" in window)) return;
  if (tries >= MOST_TRIES) return;
  welcomed = null;
  tries++;
  const remote = new Remote($("video"), {
    message: (message) => player === remote && told[message.type]?.(message),
    word: (heard) => player === remote && word(heard),
    shown: () => shown(),
    gone(asleep) {
      if (player !== remote) {
        if (client.session === welcome.session) welcomed ??= welcome; // it is tried again when somebody does something
        return;
      }
      player = local;
      if (!head.on) show($("face"));
      if (asleep) sleep();
      client.back(asleep);
    },
  });
  const shown = () => {
    if (remote.ended || player === remote) return;
    if (head.on) return remote.end(false);
    if (state !== "idle" || !remote.settled) return void setTimeout(shown, 200); // in no one's word
    client.leave(remote);
    player = remote;
    remote.epoch = local.epoch;
    remote.listen(microphone.track);
    remote.begin();
    show($("video"));
    setTimeout(() => (tries = player === remote ? 0 : tries), 30000);
  };
  try {
    await remote.connect(String(new URL(`v1/sessions/${welcome.session}/offer`, location.href)), welcome.ice);
  } catch {
    remote.end(false); // the socket goes on
  }
}

/** @param {HTMLElement} one of those that show the face; the video lies under the canvas, playing */
function show(one) {
  $("face").hidden = one !== $("face");
  $("model").hidden = one !== $("model");
}

const head = new Head($("model"), () => player.at);

function followed() {
  head.follow(String(new URL(`v1/sessions/${client.session}/motion`, location.href))).catch(() => {}); // the socket says what is wrong
}

/** The photo, drawn by the server, or a head that is drawn here, for which the server sends nothing but motion. */
async function look() {
  const wanted = $("look").value === "head";
  try {
    if (wanted) await head.load();
  } catch (error) {
    $("look").value = "photo";
    line("notice problem", `The head cannot be drawn here: ${/** @type {Error} */ (error).message}`);
    return;
  }
  if (wanted === head.on) return;
  if (player instanceof Remote) player.end(false);
  if (wanted) head.on = true;
  else head.stop();
  client.want(!wanted);
  show(wanted ? $("model") : $("face"));
}
$("look").addEventListener("change", look);

function stop() {
  player.hush();
  client.send({ type: "interrupt", at: at() });
}

$("composer").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  const when = at();
  if (!client.send({ type: "say", text, at: when })) {
    line("notice problem", "There is no connection: it is tried again. Your words are still in the box.");
    return;
  }
  if (player.sounding) player.hush();
  $("text").value = "";
  typed = -AGAIN;
  wake();
});

$("text").addEventListener("input", () => {
  const now = performance.now();
  if (now - typed < AGAIN) return;
  typed = now;
  if (player.sounding) player.hush();
  client.send({ type: "typing", at: at() });
});

$("stop").addEventListener("click", stop);
$("sound").addEventListener("click", wake);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("stop").disabled) stop();
  if (event.key === "m" && event.ctrlKey) {
    event.preventDefault();
    $("mic").click();
  }
  wake();
});
addEventListener("pointerdown", wake);

$("voice").addEventListener("change", () => client.send({ type: "use", voice: $("voice").value }));

function feel() {
  const name = $("emotion").value;
  client.send({ type: "feel", emotion: name === "neutral" ? name : `${name}:${$("strength").value}` });
}
$("emotion").addEventListener("change", feel);
$("strength").addEventListener("input", feel);

function move() {
  const [mouth, head, brows] = ["mouth", "head", "brows"].map((name) => $(name).value);
  client.send({ type: "move", style: `jaw=${mouth},lips=${mouth},head=${head},brows=${brows}` });
}
for (const name of ["mouth", "head", "brows"]) $(name).addEventListener("input", move);

$("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = (root.dataset.theme ?? (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
});

$("photo").addEventListener("change", async () => {
  const file = $("photo").files?.[0];
  if (!file) return;
  const note = $("advice");
  note.hidden = false;
  note.textContent = "Looking at the photo …";
  const address = new URL(`v1/sessions/${client.session}/portrait`, location.href);
  try {
    const answer = await fetch(address, { method: "PUT", body: file });
    const found = answer.ok ? await answer.json() : { verdict: "not usable", notes: [await answer.text()] };
    note.textContent = [`This photo is ${found.verdict}.`, ...found.notes].join("\n");
  } catch {
    note.textContent = "The photo could not be sent.";
  }
});

// --------------------------------------------------------------------------------------- microphone

const microphone = new Microphone((sound) => client.hear(sound, player.at));

$("mic").addEventListener("click", async () => {
  wake(); // not waited for: Firefox waits for ever where there is no loudspeaker
  try {
    await microphone.toggle();
  } catch (error) {
    line("notice problem", `The microphone cannot be used: ${/** @type {Error} */ (error).message}`);
  }
  $("mic").setAttribute("aria-pressed", String(microphone.on));
  $("level").hidden = !microphone.on;
  if (player instanceof Remote) player.listen(microphone.track);
  client.send({ type: "ear", on: microphone.on });
});

setInterval(() => {
  $("fps").textContent = String(head.on ? 25 * Number(head.shown > 0) : player.fps);
  $("dropped").textContent = `${player.counts.dropped} of ${player.counts.dropped + player.counts.shown}`;
  $("skew").textContent = `${Math.round(1000 * player.skew)} ms`;
  $("buffer").textContent = `${Math.round(1000 * player.ready)} ms`;
  $("gaps").textContent = String(player.counts.gaps);
}, 500);

Object.assign(window, { mien: { get player() { return player }, local, client, microphone, head } }); // for whoever looks inside, tests among them
