const data = JSON.parse(document.getElementById("data").textContent);
const main = document.querySelector("main");
const answers = [];

function element(name, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

function clip(source) {
  return element("video", { src: "data:video/mp4;base64," + source, controls: true, playsInline: true, preload: "auto" });
}

function choose(answer) {
  answers.push(answer);
  show();
}

function button(text, answer) {
  return element("button", { type: "button", textContent: text, onclick: () => choose(answer) });
}

function show() {
  main.replaceChildren();
  const number = answers.length;
  if (number === data.questions.length) return finish();
  const question = data.questions[number];
  const pair = question.kind === "pair";
  const asked = pair ? "Which mouth fits better what is said?" : "What does this face feel?";
  const places = ["first", "second"];
  const clips = question.videos.map((source, i) =>
    element("figure", {}, clip(source), ...(pair ? [button("The " + places[i] + " one", i)] : [])));
  const names = pair ? [] : [element("div", { className: "names" }, ...data.choices.map(name => button(name, name)))];
  main.append(
    element("p", { className: "soft", textContent: `${number + 1} of ${data.questions.length}` }),
    element("h2", { textContent: asked }),
    element("div", { className: "clips" }, ...clips),
    ...names,
  );
}

function finish() {
  const result = { kind: "mien.answers/1", seed: data.seed, key: data.key, answers };
  const file = new Blob([JSON.stringify(result, null, 1)], { type: "application/json" });
  main.append(
    element("h2", { textContent: "Thank you." }),
    element("p", {}, element("a", { href: URL.createObjectURL(file), download: "answers.json", textContent: "Save your answers" })),
    element("p", { className: "soft", textContent: "Score them with: mien evaluate --score answers.json" }),
  );
}

show();
