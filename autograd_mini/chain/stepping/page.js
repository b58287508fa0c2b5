"use strict";

(() => {
  const number = (card) => Number(card.id.slice(2));
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const page = document.documentElement;
  const graph = document.querySelector("svg.graph");
  const stage = byId("stage");
  const slider = byId("slider");
  const rows = [...byId("rows").rows];
  const cards = [...graph.querySelectorAll(".card")].sort((a, b) => number(a) - number(b));
  const groups = [...graph.querySelectorAll(".card, .edge")];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const SECONDS = 1.6;

  // --- where we are: a step, or a step by layer ---

  let byLayer = false;
  let at = 0;

  const places = () => (byLayer ? data.layers : data.steps);
  const framesAt = (place) => (byLayer ? data.layers[place].frames : [place]);

  function show(place) {
    at = Math.min(Math.max(place, 0), places().length - 1);
    const done = [];
    for (let i = 0; i < at; i++) done.push(...framesAt(i));
    paint(done, framesAt(at));
    say(places()[at]);
    slider.value = at + 1;
    slider.setAttribute("aria-valuetext", positionText());
    byId("count").textContent = `${at + 1} / ${places().length}`;
    byId("first").disabled = byId("back").disabled = at === 0;
    byId("next").disabled = byId("last").disabled = at === places().length - 1;
    writeHash();
    follow();
  }

  function positionText() {
    const words = { n: at + 1, all: places().length, phase: data.phases[places()[at].phase] };
    return data.words.position.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  }

  // --- the picture: classes for what is done and for what happens now ---

  function paint(done, now) {
    const classes = new Map();
    const add = (id, ...names) => {
      if (!classes.has(id)) classes.set(id, new Set());
      names.forEach((name) => classes.get(id).add(name));
    };
    const settle = (step) => {
      if (step.phase === "forward") {
        add(step.node, "has-v");
        step.edges.forEach((id) => add(id, "on-f"));
      } else if (step.phase === "update") {
        add(step.node, "has-u");
      } else {
        if (step.completes) add(step.node, "has-g");
        step.edges.forEach((id) => add(id, "on-b"));
      }
    };
    done.forEach((i) => settle(data.steps[i]));
    now.forEach((i) => {
      const step = data.steps[i];
      const way = { forward: [], update: ["step"] }[step.phase] || ["back"];
      settle(step);
      [step.node, ...step.edges].forEach((id) => add(id, "now", ...way));
    });
    const kept = ["card", "edge", "on-path"];
    for (const group of groups) {
      const names = kept.filter((name) => group.classList.contains(name));
      const wanted = [...names, ...(classes.get(group.id) || [])].join(" ");
      if (group.getAttribute("class") !== wanted) group.setAttribute("class", wanted);
    }
    const current = new Set(now);
    rows.forEach((row, i) => {
      row.classList.toggle("now", current.has(i));
      if (current.has(i)) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    });
  }

  function say(place) {
    byId("say").dataset.phase = place.phase;
    byId("phase").textContent = data.phases[place.phase];
    byId("formula").textContent = place.formula;
    if (byId("text").textContent !== place.text) byId("text").textContent = place.text;
  }

  // The box keeps the height of the longest text, so that the graph below it never moves.
  function reserve() {
    const box = byId("say");
    const twin = box.cloneNode(true);
    const longest = (key) =>
      places().reduce((best, place) => (weight(place[key]) > weight(best) ? place[key] : best), "");
    twin.querySelector("#formula").textContent = longest("formula");
    twin.querySelector("#text").textContent = longest("text");
    for (const part of [twin, ...twin.querySelectorAll("*")]) {
      part.removeAttribute("id");
      part.removeAttribute("role");
      part.removeAttribute("aria-live");
    }
    twin.style.cssText = `position: absolute; visibility: hidden; width: ${box.getBoundingClientRect().width}px`;
    box.after(twin);
    box.style.minHeight = `${Math.ceil(twin.getBoundingClientRect().height)}px`;
    twin.remove();
  }

  const weight = (text) => text.split("\n").reduce((sum, line) => sum + 40 * Math.ceil((line.length + 1) / 40), 0);

  function colourTrack() {
    const colours = { forward: "--forward-lane", update: "--parameter-line" };
    const all = places();
    const stops = all.map((place, i) => {
      const colour = `var(${colours[place.phase] || "--backward-lane"})`;
      return `${colour} ${(100 * i) / all.length}% ${(100 * (i + 1)) / all.length}%`;
    });
    const merged = stops.filter((_, i) => {
      const same = (j) => all[j] && colours[all[j].phase] === colours[all[i].phase];
      return !same(i - 1) || !same(i + 1);
    });
    slider.style.setProperty("--track", `linear-gradient(to right, ${merged.join(", ")})`);
  }

  function setByLayer(on) {
    const here = framesAt(at);
    byLayer = on && data.layers.length > 0;
    byId("layers").checked = byLayer;
    slider.max = places().length;
    const last = here[here.length - 1];
    at = byLayer ? data.layers.findIndex((layer) => layer.frames.includes(last)) : last;
    colourTrack();
    reserve();
  }

  // --- the address names the step ---

  function readHash() {
    const found = /^#(layer-)?([0-9]{1,6})$/.exec(window.location.hash);
    if (!found) return false;
    if (Boolean(found[1]) !== byLayer) setByLayer(Boolean(found[1]));
    show(Number(found[2]) - 1);
    return true;
  }

  function writeHash() {
    const hash = byLayer ? `#layer-${at + 1}` : `#${at + 1}`;
    // A page inside another one (srcdoc) has no address of its own.
    if (window.location.protocol === "about:" || window.location.hash === hash) return;
    try {
      window.history.replaceState(null, "", hash);
    } catch {
      window.location.hash = hash;
    }
  }

  // --- playing ---

  let timer = 0;

  function play(on) {
    window.clearInterval(timer);
    timer = 0;
    if (on) {
      if (at === places().length - 1) show(0);
      timer = window.setInterval(() => {
        show(at + 1);
        if (at === places().length - 1) play(false);
      }, 1000 * SECONDS);
    }
    // Who listens would hear the start of every sentence and no end.
    byId("say").setAttribute("aria-live", on ? "off" : "polite");
    const label = on ? data.words.pause : data.words.play;
    byId("play").classList.toggle("playing", on);
    byId("play").setAttribute("aria-label", label);
    byId("play").title = label;
  }

  function go(place) {
    play(false);
    show(place);
  }

  // --- size of the graph, and keeping the current card in sight ---

  const natural = graph.viewBox.baseVal;
  let zoom = null;

  function fitting() {
    const style = window.getComputedStyle(stage);
    const room = stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const fit = room / natural.width;
    // Below this size its text is hard to read; a graph that must be scrolled anyway may as well be larger.
    return fit >= 0.5 ? Math.min(fit, 4 / 3) : 1.08;
  }

  function resize() {
    const scale = zoom === null ? fitting() : zoom;
    graph.style.width = `${natural.width * scale}px`;
    graph.style.height = `${natural.height * scale}px`;
    return scale;
  }

  function zoomBy(factor) {
    const before = resize();
    const middle = [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
    zoom = Math.min(Math.max(before * factor, 0.1), 6);
    resize();
    stage.scrollLeft = middle[0] * (zoom / before) - stage.clientWidth / 2;
    stage.scrollTop = middle[1] * (zoom / before) - stage.clientHeight / 2;
  }

  function follow() {
    const now = framesAt(at).map((i) => byId(data.steps[i].node)).filter(Boolean);
    if (!now.length) return;
    const view = stage.getBoundingClientRect();
    const boxes = now.map((card) => card.getBoundingClientRect());
    const side = (from, to, start, size, room, scrolled) => {
      const low = Math.min(...boxes.map((box) => box[from]));
      const high = Math.max(...boxes.map((box) => box[to]));
      const margin = Math.min(60, room / 6);
      if (low >= start + margin && high <= start + room - margin) return scrolled;
      // What does not fit is shown from the card that comes last.
      const last = boxes[boxes.length - 1];
      const centre = high - low <= room - 2 * margin ? (low + high) / 2 : (last[from] + last[to]) / 2;
      return Math.min(Math.max(scrolled + centre - start - room / 2, 0), Math.max(size - room, 0));
    };
    const left = side("left", "right", view.left, stage.scrollWidth, stage.clientWidth, stage.scrollLeft);
    const top = side("top", "bottom", view.top, stage.scrollHeight, stage.clientHeight, stage.scrollTop);
    if (left !== stage.scrollLeft || top !== stage.scrollTop) {
      stage.scrollTo({ left, top, behavior: calm.matches ? "auto" : "smooth" });
    }
  }

  // --- a card: its chain rule, and its paths to the root ---

  const ahead = new Map();
  for (const [id, [operand, result]] of Object.entries(data.edges)) {
    if (!ahead.has(operand)) ahead.set(operand, []);
    ahead.get(operand).push([id, result]);
  }

  function pathsFrom(start) {
    const seen = new Set([start]);
    const todo = [start];
    while (todo.length) {
      for (const [edge, result] of ahead.get(todo.pop()) || []) {
        seen.add(edge);
        if (!seen.has(result)) todo.push(result);
        seen.add(result);
      }
    }
    return seen;
  }

  let chosen = null;

  function choose(card) {
    chosen = card === chosen ? null : card;
    const path = chosen ? pathsFrom(chosen.id) : new Set();
    graph.classList.toggle("tracing", path.size > 1);
    groups.forEach((group) => group.classList.toggle("on-path", path.has(group.id)));
    cards.forEach((other) => other.setAttribute("aria-pressed", String(other === chosen)));
    byId("hint").hidden = chosen !== null;
    byId("chosen").hidden = chosen === null;
    if (!chosen) return;
    const rule = data.cards[chosen.id];
    byId("name").textContent = rule.title;
    byId("lines").replaceChildren(
      ...rule.lines.map((line) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = line;
        paragraph.classList.toggle("indent", line.startsWith("= "));
        return paragraph;
      }),
    );
  }

  function focusCard(step) {
    const here = cards.findIndex((card) => card.tabIndex === 0);
    const next = cards[Math.min(Math.max(here + step, 0), cards.length - 1)];
    cards[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // --- keys, clicks, the slider ---

  const KEYS = {
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    Home: () => go(0),
    End: () => go(places().length - 1),
    " ": () => play(timer === 0),
    Escape: () => chosen && choose(chosen),
  };

  const CARD_KEYS = {
    ArrowUp: () => focusCard(-1),
    ArrowDown: () => focusCard(1),
    Enter: (card) => choose(card),
    " ": (card) => choose(card),
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const target = event.target;
    const card = target.closest(".card");
    const act = (card && CARD_KEYS[event.key]) || KEYS[event.key];
    if (!act) return;
    // Buttons answer to the space bar, the slider to all keys but that.
    if (event.key === " " && target.closest("button, [type=checkbox], a")) return;
    if (target === slider && event.key !== " " && event.key !== "Escape") return;
    event.preventDefault();
    act(card);
  });

  byId("first").addEventListener("click", KEYS.Home);
  byId("back").addEventListener("click", KEYS.ArrowLeft);
  byId("play").addEventListener("click", KEYS[" "]);
  byId("next").addEventListener("click", KEYS.ArrowRight);
  byId("last").addEventListener("click", KEYS.End);
  byId("smaller").addEventListener("click", () => zoomBy(1 / 1.25));
  byId("larger").addEventListener("click", () => zoomBy(1.25));
  byId("fit").addEventListener("click", () => {
    zoom = null;
    resize();
  });
  byId("close").addEventListener("click", () => {
    const card = chosen;
    choose(card);
    card.focus({ preventScroll: true });
  });
  slider.addEventListener("input", () => go(Number(slider.value) - 1));
  byId("layers").addEventListener("change", (event) => {
    play(false);
    setByLayer(event.target.checked);
    show(at);
  });
  graph.addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    if (card) choose(card);
  });
  byId("rows").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    if (byLayer) setByLayer(false);
    go(rows.indexOf(link.closest("tr")));
  });
  window.addEventListener("hashchange", () => {
    play(false);
    readHash();
  });
  window.addEventListener("resize", () => {
    resize();
    reserve();
  });

  // --- the start ---

  cards.forEach((card, i) => {
    card.setAttribute("role", "button");
    card.setAttribute("aria-label", data.cards[card.id].title);
    card.setAttribute("aria-pressed", "false");
    card.tabIndex = i === 0 ? 0 : -1;
  });
  page.classList.add("js");
  byId("switch").hidden = data.layers.length === 0;
  colourTrack();
  resize();
  reserve();
  if (!readHash()) show(0);
})();
