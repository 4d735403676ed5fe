"use strict";
// Makes a page that is whole without it better: filters kept in the address, languages, buttons that copy.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  // Languages. Every sentence is on the page in each; the style shows one.
  const languages = all("button[data-language]");
  function speak(language) {
    root.lang = language;
    for (const button of languages) button.setAttribute("aria-pressed", String(button.dataset.language === language));
    for (const element of all("[data-texts]"))
      for (const [name, texts] of Object.entries(JSON.parse(element.dataset.texts)))
        if (texts[language] === undefined) continue;
        else if (name === "text") element.textContent = texts[language];
        else element.setAttribute(name, texts[language]);
  }
  for (const button of languages) button.addEventListener("click", () => { speak(button.dataset.language); keep(); });

  // Buttons that copy.
  function label(name) { return one(`#label-${name}`).cloneNode(true).childNodes; }
  async function copy(text) {
    try { await navigator.clipboard.writeText(text); } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  function copyable(within) {
    for (const block of all("pre.copy", within)) {
      if (block.querySelector("button")) continue;
      const text = block.textContent, button = document.createElement("button");
      button.type = "button";
      button.append(...label("copy"));
      button.addEventListener("click", async () => {
        await copy(text);
        button.replaceChildren(...label("copied"));
        setTimeout(() => button.replaceChildren(...label("copy")), 1500);
      });
      block.append(button);
    }
  }
  document.addEventListener("toggle", (event) => { if (event.target.open) copyable(event.target); }, true);
  for (const open of all("details[open]")) copyable(open);
  for (const block of all("pre.copy")) if (!block.closest("details")) copyable(block.parentElement);

  // Filters: each is a field of the form; what they say is in the part of the address after "#?".
  const form = one("#controls"), items = all(".c"), shown = one("#shown");
  const operation = (item) => {
    const within = item.closest("[data-operation]");
    return within ? within.dataset.operation : item.id.slice(0, Math.max(0, item.id.indexOf("/")));
  };
  const verdict = (item) => item.closest("[data-verdict]").dataset.verdict;
  // A case that has no words of its own has those of its cause.
  const causes = new Map(all("li[id^=cause-]").map((cause) => [cause.id.slice(6), cause]));
  const words = (item, name) => {
    if (name === "operation") return [operation(item)];
    const own = (item.dataset.cause && causes.get(item.dataset.cause)) || item;
    return own.dataset[name] ? own.dataset[name].split(" ") : [];
  };
  const texts = new Map();
  function text(item) {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  }
  function fill(select, values) {
    const there = new Set([...select.options].map((option) => option.value));
    for (const value of [...new Set(values)].filter((value) => !there.has(value)).sort()) select.add(new Option(value, value));
    if (select.options.length < 3) select.closest("label").hidden = true;
  }
  const selects = form ? all("select[data-key]", form) : [], facet = form && form.dataset.facet;
  function state() {
    if (!form) return {};
    const data = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    const pressed = all("button[data-only]", form).filter((button) => button.getAttribute("aria-pressed") === "true");
    if (pressed.length) data[facet] = pressed.map((button) => button.dataset.only).join(" ");
    return data;
  }
  function keep() {
    const wanted = new URLSearchParams(state());
    if (languages.length && root.lang !== root.dataset.language) wanted.set("lang", root.lang);
    history.replaceState(null, "", wanted.size ? `#?${wanted}` : location.pathname + location.search);
  }
  function apply() {
    const wanted = state(), search = (wanted.text || "").toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = wanted[facet] ? wanted[facet].split(" ") : null;
    const active = Object.keys(wanted).length > 0;
    let count = 0;
    for (const item of items) {
      const fits = (!verdicts || verdicts.includes(verdict(item)))
        && selects.every((select) => !wanted[select.name] || words(item, select.dataset.key).includes(wanted[select.name]))
        && search.every((word) => text(item).includes(word));
      item.hidden = !fits;
      count += fits;
    }
    for (const group of all(".group")) {
      group.hidden = active && !group.querySelector(".c:not([hidden])");
      if (active && !group.hidden && group.tagName === "DETAILS") group.open = true;
    }
    for (const section of all("section[data-verdict]")) section.hidden = active && !section.querySelector(".c:not([hidden])");
    shown.hidden = !active;
    for (const place of all("[data-count]", shown)) place.textContent = String(count);
    one("#clear").hidden = !active;
  }
  function read() {
    const wanted = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
    if (wanted.get("lang")) speak(wanted.get("lang"));
    if (!form) return;
    for (const field of [form.elements.text, ...selects]) field.value = wanted.get(field.name) || "";
    const verdicts = (wanted.get(facet) || "").split(" ");
    for (const button of all("button[data-only]", form)) button.setAttribute("aria-pressed", String(verdicts.includes(button.dataset.only)));
    apply();
  }
  // A link to a case opens it, and whatever it is in; a filter that hides it goes.
  function open() {
    if (!location.hash || location.hash.startsWith("#?")) return;
    let target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (form && target.closest("[hidden]")) { clear(); }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  }
  function clear() {
    form.reset();
    for (const button of all("button[data-only]", form)) button.setAttribute("aria-pressed", "false");
    apply();
  }
  if (form) {
    for (const select of selects) fill(select, items.flatMap((item) => words(item, select.dataset.key)));
    let waiting;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => { apply(); keep(); }, 120); });
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const button of all("button[data-only]", form)) button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      apply();
      keep();
    });
    one("#clear").addEventListener("click", () => { clear(); keep(); });
  }
  for (const element of all("[data-script]")) element.hidden = false;
  addEventListener("hashchange", () => (location.hash.startsWith("#?") ? read() : open()));
  addEventListener("beforeprint", () => { for (const each of all("details:not([open])")) { each.open = true; each.dataset.closed = ""; } });
  addEventListener("afterprint", () => { for (const each of all("details[data-closed]")) { each.open = false; delete each.dataset.closed; } });
  speak(root.lang);
  read();
  open();
})();
