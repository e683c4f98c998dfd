// A head that the page draws itself: the motion comes from the server, a frame a line, on the clock of the sound.
// @ts-check

const KEPT = 4; // seconds of motion that are kept at most
const SIZE = 1024; // pixels at most

export class Head {
  /** @param {HTMLCanvasElement} canvas @param {() => number} at seconds of the session that are being heard */
  constructor(canvas, at) {
    this.canvas = canvas;
    this.at = at;
    /** @type {{at: number, epoch: number, values: number[]}[]} */
    this.frames = [];
    /** @type {string[]} */
    this.channels = [];
    this.shown = 0;
    this.drawn = NaN; // the time of the frame that is shown
    this.on = false;
  }

  /** Fetch it once. Throws where there is no WebGL or no head. */
  async load() {
    if (this.scene) return;
    const { ACESFilmicToneMapping, Color, DirectionalLight, GLTFLoader, HemisphereLight, PerspectiveCamera, Scene, WebGLRenderer } =
      await import("./three.js"); // large, and for those alone who want it
    const renderer = new WebGLRenderer({ canvas: this.canvas, antialias: true, alpha: true });
    renderer.toneMapping = ACESFilmicToneMapping;
    renderer.toneMappingExposure = 1.15;
    const found = await new GLTFLoader().loadAsync("head.glb");
    const scene = new Scene();
    scene.add(found.scene, new HemisphereLight(new Color(0xdfe8ff), new Color(0x6b4a3a), 1.5));
    for (const [x, y, z, strength, colour] of /** @type {number[][]} */ ([[0.5, 0.7, 1, 2.1, 0xfff1e0], [-0.8, 0.2, 0.5, 0.5, 0xc8d8ff], [0.3, 0.5, -1, 0.35, 0xffffff]])) {
      const lamp = new DirectionalLight(new Color(colour), strength);
      lamp.position.set(x, y, z);
      scene.add(lamp);
    }
    const camera = new PerspectiveCamera(19, 1, 0.1, 5);
    camera.position.set(0, 0.005, 0.98);
    camera.lookAt(0, 0.006, 0.03);
    /** @type {any} */
    const head = found.scene.getObjectByName("head");
    this.head = head;
    // summed here, few being at work at a time, and with normals that follow: half the work of a card without its own chip
    const { position } = head.geometry.attributes;
    this.rest = position.array.slice();
    this.targets = new Map(Object.entries(head.morphTargetDictionary).map(([name, i]) => [name, head.geometry.morphAttributes.position[/** @type {number} */ (i)].array]));
    head.geometry.morphAttributes = {};
    head.updateMorphTargets();
    this.eyes = ["eyeLeft", "eyeRight"].map((name) => found.scene.getObjectByName(name));
    Object.assign(this, { scene, camera, renderer });
  }

  /** Draw what a session does, until stop. @param {string} address of its motion */
  async follow(address) {
    this.stop();
    this.on = true;
    const stopping = (this.stopping = new AbortController());
    const draw = () => {
      if (stopping.signal.aborted) return;
      this.draw();
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
    try {
      const answer = await fetch(address, { signal: stopping.signal });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        const lines = (rest + part.value).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) this.take(JSON.parse(line));
      }
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    }
  }

  stop() {
    this.stopping?.abort();
    this.on = false;
    this.frames = [];
  }

  /** @param {any} line */
  take(line) {
    if (line.type !== "motion") this.channels = line.channels;
    else this.frames.push(line);
    while (this.frames.length > 2 && this.frames[this.frames.length - 1].at - this.frames[0].at > KEPT) this.frames.shift();
  }

  /** What lies between the two frames around what is heard now. */
  draw() {
    const at = this.at();
    while (this.frames.length > 1 && this.frames[1].at <= at) this.frames.shift();
    const [one, next = one] = this.frames;
    if (!one || !this.scene || (one.at > at && !Number.isNaN(this.drawn) && one.at - at < 1)) return;
    const share = next.at > one.at && next.epoch === one.epoch ? Math.min(1, Math.max(0, (at - one.at) / (next.at - one.at))) : 0;
    this.pose((i) => one.values[i] + share * (next.values[i] - one.values[i]));
    if (one.at !== this.drawn) this.shown++;
    this.drawn = one.at;
    const { canvas, renderer, scene, camera } = /** @type {any} */ (this);
    const size = Math.min(SIZE, Math.round(canvas.clientWidth * devicePixelRatio));
    if (size && canvas.width !== size) renderer.setSize(size, size, false);
    renderer.render(scene, camera);
  }

  /** @param {(index: number) => number} value of a channel */
  pose(value) {
    /** @param {string} name */
    const of = (name) => value(this.channels.indexOf(name));
    const { geometry } = this.head, points = geometry.attributes.position;
    points.array.set(this.rest);
    this.channels.forEach((name, i) => {
      const weight = value(i), delta = this.targets?.get(name);
      if (delta && Math.abs(weight) > 0.002) for (let k = 0; k < delta.length; k++) points.array[k] += weight * delta[k];
    });
    points.needsUpdate = true;
    geometry.computeVertexNormals();
    this.jaw = of("jawOpen");
    this.head.rotation.set(of("headPitch"), of("headYaw"), of("headRoll"), "YXZ");
    this.head.position.set(of("headX"), of("headY"), of("headZ"));
    for (const eye of this.eyes ?? []) eye?.rotation.set(of("gazePitch"), of("gazeYaw"), 0, "YXZ");
  }
}
