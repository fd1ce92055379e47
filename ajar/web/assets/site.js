// What scripts add: filtering while typing, sorting a table, watching an audit. Every page works without.
"use strict";

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function filtering(form) {
  const tiles = [...document.querySelectorAll(".landscape .tile")];
  const rows = [...document.querySelectorAll(".landscape tbody tr")];
  const shown = document.getElementById("shown");
  const day = (text, last) => {
    if (!/^\d{4}(-\d\d){0,2}\??$/.test(text)) return "";
    const [year, month, date] = text.replace("?", "").split("-");
    return `${year}-${month ?? (last ? "12" : "01")}-${date ?? (last ? "31" : "01")}`;
  };
  const apply = () => {
    const asked = new FormData(form);
    const words = fold(asked.get("q").trim()).split(/\s+/).filter(Boolean);
    const doors = asked.getAll("door");
    const one = (name) => asked.get(name);
    const since = day(one("since").trim(), false);
    const until = day(one("until").trim(), true);
    let count = 0;
    for (const tile of tiles) {
      const data = tile.dataset;
      const holds =
        words.every((word) => data.words.includes(word)) &&
        (!doors.length || doors.includes(data.door)) &&
        (!one("maker") || data.makers.split(" ").includes(one("maker"))) &&
        (!one("weights") || data.weights === one("weights")) &&
        (!one("modality") || data.modalities.split(" ").includes(one("modality"))) &&
        (!since || (data.last && data.last >= since)) &&
        (!until || (data.first && data.first <= until));
      tile.hidden = !holds;
      count += holds;
    }
    for (const row of rows) row.hidden = !row.querySelector(".tile:not([hidden])");
    shown.textContent = count;
    const query = new URLSearchParams([...asked].filter(([, value]) => value.trim()));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  };
  // A copy without a server answers no query, so the address is read here.
  const given = new URLSearchParams(location.search);
  if (given.size) {
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = given.getAll(field.name).includes(field.value);
      else if (field.name && given.has(field.name)) field.value = given.get(field.name);
    }
    apply();
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
}

function sorting(table) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const text = (row) => row.cells[column].textContent.trim();
      const sorted = [...body.rows].sort((a, b) => text(a).localeCompare(text(b), "en", { numeric: true }));
      body.append(...(up ? sorted : sorted.reverse()));
    });
  });
}

function watching(place) {
  const look = async () => {
    let job;
    try {
      const answer = await fetch(place.dataset.watch, { headers: { accept: "application/json" } });
      job = await answer.json();
    } catch {
      place.querySelector(".stage").textContent = "the server does not answer; trying again";
      return setTimeout(look, 3000);
    }
    if (job.state !== "queued" && job.state !== "running") return location.reload();
    place.querySelector(".stage").textContent = job.stage;
    const bar = place.querySelector("progress");
    if (job.total) {
      bar.max = job.total;
      bar.value = job.done;
    }
    return setTimeout(look, 800);
  };
  setTimeout(look, 500);
}

const filters = document.getElementById("filters");
if (filters) filtering(filters);
for (const table of document.querySelectorAll("table.sortable")) sorting(table);
for (const place of document.querySelectorAll("[data-watch]")) watching(place);
