(() => {
  "use strict";
  const MOST = 40;
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = JSON.parse(document.getElementById("index").textContent)
    .map(([kind, title, where, link]) => ({ kind, title, where, link, text: fold(`${kind} ${title} ${where}`), start: fold(title) }));
  const box = document.getElementById("search");
  const list = document.getElementById("found");
  const count = document.getElementById("count");

  const part = (name, text) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    return span;
  };

  const item = (entry) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.link;
    link.append(part("kind", entry.kind), part("title", entry.title), part("where", entry.where));
    row.append(link);
    return row;
  };

  const search = () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    const found = words.length ? entries.filter((entry) => words.every((word) => entry.text.includes(word))) : [];
    const first = (entry) => (entry.start.startsWith(words[0]) ? 0 : 1);
    found.sort((one, other) => first(one) - first(other));
    list.replaceChildren(...found.slice(0, MOST).map(item));
    const shown = found.length > MOST ? `, the first ${MOST} are shown` : "";
    count.textContent = words.length ? `${found.length} found${shown}` : "";
  };

  const move = (event) => {
    const links = [...list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      box.value = "";
      search();
      box.focus();
    } else if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(here + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && here >= 0) {
      event.preventDefault();
      (here ? links[here - 1] : box).focus();
    }
  };

  document.getElementById("search-box").hidden = false;
  document.getElementById("search-box").addEventListener("keydown", move);
  box.addEventListener("input", search);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    }
  });
})();
