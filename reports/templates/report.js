"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const credentials = data.credentials, findings = data.findings;
  const byId = (id) => document.getElementById(id);

  // A column is its values or, where they repeat, its values and a number into them for each row.
  const cell = (frame, name, row) => {
    const column = frame.columns[name];
    return column.values[column.codes ? column.codes[row] : row];
  };

  // What would act on the reader (control characters, right-to-left marks) is shown instead of obeyed.
  const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
  const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
  const escaped = (character) => {
    const code = character.codePointAt(0).toString(16);
    return SHORT[character] ?? (code.length < 3 ? "\\x" + code.padStart(2, "0") : "\\u" + code.padStart(4, "0"));
  };
  const visible = (text) => String(text ?? "").replace(ACTIVE, escaped);
  const visibleLines = (text) => String(text ?? "").split("\n").map(visible).join("\n");

  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  // Filters: one byte a row. A column that repeats itself is searched once for each of its values.
  const SEARCHED = ["name", "project", "user_name", "location", "owner", "reason", "opened_by", "evidence"];
  const mask = new Uint8Array(credentials.height).fill(1);

  const lower = new Map();
  const lowered = (name) => {
    if (!lower.has(name)) lower.set(name, credentials.columns[name].values.map((value) => String(value ?? "").toLowerCase()));
    return lower.get(name);
  };

  const search = (words) => {
    const found = new Uint8Array(mask.length);
    for (const word of words) {
      found.fill(0);
      for (const name of SEARCHED) {
        const hits = lowered(name).map((value) => (value.includes(word) ? 1 : 0));
        const codes = credentials.columns[name].codes;
        for (let row = 0; row < found.length; row++) found[row] |= hits[codes ? codes[row] : row];
      }
      for (let row = 0; row < found.length; row++) mask[row] &= found[row];
    }
  };

  const choose = (name, wanted) => {
    for (let row = 0; row < mask.length; row++) if (cell(credentials, name, row) !== wanted) mask[row] = 0;
  };

  const CHOICES = ["verdict", "owner", "kind", "disagreement"].filter((name) => byId("filter-" + name));
  const applyFilters = () => {
    mask.fill(1);
    for (const name of CHOICES) {
      const choice = byId("filter-" + name);
      if (choice.selectedIndex > 0) choose(name, choice.selectedOptions[0].wanted);
    }
    search(byId("search").value.toLowerCase().split(/\s+/).filter(Boolean));
    table.setFilter((row) => mask[row.id] === 1);
  };

  const UNSAID = { owner: "unassigned", disagreement: "no contradiction" };
  const SAID = { "logged-but-opens": "reported, but opens", "lost-but-not-logged": "lost, never logged" };
  const fillChoice = (name) => {
    const counts = new Map();
    for (let row = 0; row < credentials.height; row++) {
      const value = cell(credentials, name, row);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (const [value, count] of [...counts].sort((one, other) => (one[0] < other[0] ? -1 : 1))) {
      const option = element("option", `${SAID[value] ?? (visible(value) || UNSAID[name])} (${count.toLocaleString("en")})`);
      option.wanted = value; // as a property: an attribute could not tell "" from "all"
      byId("filter-" + name).append(option);
    }
  };

  // A row unfolds everything that is known about it, with the log entries that name it.
  const DETAILS = [
    ["location", "Location"], ["reason", "Reason"], ["user_name", "User"], ["opened_by", "Opened by"],
    ["fingerprint", "Key's fingerprint"], ["confidence", "Confidence in the key"], ["text_confidence", "Confidence in the text"], ["layout", "Encryption"], ["action", "Action"],
    ["owner", "Team"], ["contact", "Contact"], ["group", "Same secret as group"], ["first_seen", "First seen in logs"],
    ["last_seen", "Last seen in logs"], ["evidence", "Latest evidence"], ["disagreement", "Logs against store"], ["store", "Store"], ["record", "Record"],
  ];
  const EVIDENCE_SHOWN = 20;

  // What an entry can call a credential: its name, its record's id, its document or the document's type.
  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const subjectsOf = (finding) => {
    const subject = cell(findings, "subject", finding);
    const named = cell(findings, "kind", finding) === "corrupted-credentials" ? subject.split(", ") : [subject];
    return named.map((name) => (UUID.test(name) ? "id:" + name.replaceAll("-", "").toLowerCase() : name));
  };

  let bySubject;
  const entriesBySubject = () => {
    if (!bySubject) {
      bySubject = new Map();
      for (let finding = 0; finding < findings.height; finding++) {
        for (const subject of new Set(subjectsOf(finding))) {
          if (!bySubject.has(subject)) bySubject.set(subject, []);
          bySubject.get(subject).push(finding);
        }
      }
    }
    return bySubject;
  };

  const namesOf = (row) => {
    const of = (name) => cell(credentials, name, row), record = of("record");
    if (of("kind") === "document") return [...entriesBySubject().keys()].filter((name) => meansDocument(name, record));
    const id = /:id=([0-9a-f-]{32,36})(;|$)/i.exec(record);
    return [of("name"), ...(id ? ["id:" + id[1].replaceAll("-", "").toLowerCase()] : []), ...(data.single_kinds.includes(of("kind")) ? [""] : [])];
  };

  // By id, or by type: AzureDevOpsConfiguration is that of issuetracker-azuredevops-v2, AzureAccount of table Account.
  const meansDocument = (name, record) => {
    const [, table, id] = /^([^:]*):([^]*?)#(\/|$)/.exec(record.toLowerCase()) ?? ["", "", ""];
    const called = name.toLowerCase(), stem = name.replace(/(Configuration|Settings|Document|Resource)$/, "").toLowerCase();
    if (called === id) return true;
    if (stem.length < 3 || !table) return false;
    return table.endsWith("configuration") ? id.replaceAll("-", "").includes(stem) : called.endsWith(table);
  };

  const evidenceOf = (row) => {
    const of = (name) => cell(credentials, name, row);
    const plugin = /^(\/plugins\/[^/]+\/project)\//.exec(of("location"))?.[1];
    const fits = (finding) =>
      ["", of("kind")].includes(cell(findings, "subject_kind", finding)) &&
      (of("kind") === "document" || ["", plugin ?? of("project")].includes(cell(findings, "project", finding)));
    const found = new Set(namesOf(row).flatMap((name) => entriesBySubject().get(name) ?? []));
    return [...found].filter(fits).sort((one, other) => one - other);
  };

  const evidenceItem = (finding) => {
    const item = element("li", "");
    const line = cell(findings, "line", finding);
    const place = cell(findings, "source", finding) + (line === null ? "" : ":" + line);
    item.append(
      element("span", visible(cell(findings, "time", finding)) + " · " + visible(cell(findings, "kind", finding)) + " · "),
      element("code", visible(place)),
      element("pre", visibleLines(cell(findings, "message", finding))),
    );
    return item;
  };

  const unfoldedContent = (row) => {
    const box = element("div", "", { class: "evidence", role: "gridcell" });
    const list = element("dl", "");
    for (const [name, title] of DETAILS) {
      const value = visible(cell(credentials, name, row));
      if (value) list.append(element("dt", title), element("dd", value));
    }
    box.append(list);
    const named = cell(credentials, "findings", row);
    if (named) {
      const entries = evidenceOf(row).slice(-EVIDENCE_SHOWN).reverse();
      const heading = named === 1 ? "1 log entry names it" : `${named} log entries name it`;
      box.append(element("h4", heading + (entries.length < named ? `; the latest ${entries.length} here` : "")));
      const items = element("ol", "");
      items.append(...entries.map(evidenceItem));
      box.append(items);
    }
    return box;
  };

  // The table. Every formatter makes nodes from text: no foreign text is ever read as HTML.
  const unfolded = new Set();

  const nameCell = (made) => {
    const { id, name } = made.getRow().getData();
    const open = unfolded.has(id);
    return element("button", visible(name) || "(no name)", { class: "unfold", type: "button", "aria-expanded": String(open) });
  };
  const textCell = (made) => element("span", visible(made.getValue()));
  const verdictCell = (made) => {
    const cellNode = element("span", "");
    const dot = element("span", "", { class: "dot" });
    dot.style.background = `var(--verdict-${made.getValue()})`;
    cellNode.append(dot, made.getValue());
    return cellNode;
  };
  const titleButton = (made) => element("button", made.getColumn().getDefinition().title, { type: "button" });

  const toggle = (event, made) => {
    const row = made.getRow(), id = row.getData().id;
    unfolded.has(id) ? unfolded.delete(id) : unfolded.add(id);
    row.reformat();
    row.getElement().querySelector(".unfold").focus();
  };
  const unfoldRow = (row) => {
    row.getElement().querySelector(":scope > .evidence")?.remove();
    const id = row.getData().id;
    if (unfolded.has(id)) row.getElement().append(unfoldedContent(id));
  };

  const COLUMNS = [
    { title: "Name", field: "name", minWidth: 150, widthGrow: 3, responsive: 0, formatter: nameCell, cellClick: toggle },
    { title: "Project", field: "project", minWidth: 120, widthGrow: 2, responsive: 3 },
    { title: "Kind", field: "kind", width: 150, responsive: 6 },
    { title: "User", field: "user_name", minWidth: 90, responsive: 5 },
    { title: "Verdict", field: "verdict", width: 120, responsive: 0, formatter: verdictCell },
    { title: "Action", field: "action", width: 105, responsive: 2 },
    { title: "Team", field: "owner", minWidth: 110, widthGrow: 2, responsive: 4 },
    { title: "In logs", field: "findings", width: 105, responsive: 7, sorter: "number", hozAlign: "right" },
    { title: "Last seen", field: "last_seen", width: 130, responsive: 8, formatter: (made) => element("span", visible(made.getValue()).slice(0, 10)) },
  ];

  // Compared by code: the sort of a browser's locale takes seconds for 200,000 rows.
  const byText = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

  let table;
  const build = () => {
    const fields = COLUMNS.map((column) => column.field);
    const rows = Array.from({ length: credentials.height }, (_, id) => {
      const row = { id };
      for (const field of fields) row[field] = cell(credentials, field, id);
      return row;
    });
    table = new Tabulator("#table", {
      data: rows,
      index: "id",
      columns: COLUMNS,
      columnDefaults: { sorter: byText, formatter: textCell, titleFormatter: titleButton, tooltip: false },
      layout: "fitColumns",
      responsiveLayout: "hide",
      renderVertical: "basic",
      pagination: true,
      paginationSize: 50,
      paginationSizeSelector: [25, 50, 100, 250],
      placeholder: "No credential fits.",
      rowFormatter: unfoldRow,
    });
    table.on("dataFiltered", (filters, shown) => {
      byId("shown").textContent = `${shown.length.toLocaleString("en")} of ${credentials.height.toLocaleString("en")} credentials`;
    });
    table.on("tableBuilt", () => {
      document.documentElement.dataset.ready = "true";
    });
  };

  // Saved cells are protected from spreadsheets as in credentials.csv.
  const DANGEROUS = /^[=+\-@\t\r\n＝＋－＠']/;
  const csvCell = (value) => {
    const text = typeof value === "string" && DANGEROUS.test(value) ? "'" + value : String(value ?? "");
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  const save = () => {
    const names = Object.keys(credentials.columns);
    const lines = [names.join(",")];
    for (const row of table.getRows("active")) {
      const id = row.getData().id;
      lines.push(names.map((name) => csvCell(cell(credentials, name, id))).join(","));
    }
    const link = element("a", "", { download: "credentials-selected.csv" });
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // From the section about logs and store to the rows that it counts.
  const showDisagreement = (wanted) => {
    document.querySelector(".filters").reset();
    const choice = byId("filter-disagreement");
    choice.selectedIndex = [...choice.options].findIndex((option) => option.wanted === wanted);
    applyFilters();
    byId("credentials").scrollIntoView();
    choice.focus();
  };

  const start = () => {
    CHOICES.forEach(fillChoice);
    build();
    const form = document.querySelector(".filters");
    let waiting;
    byId("search").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(applyFilters, 60);
    });
    form.addEventListener("change", applyFilters);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(applyFilters));
    byId("save").addEventListener("click", save);
    for (const button of document.querySelectorAll("[data-disagreement]")) {
      const wanted = button.dataset.disagreement;
      button.hidden = ![...byId("filter-disagreement").options].some((option) => option.wanted === wanted);
      button.addEventListener("click", () => showDisagreement(wanted));
    }
  };

  // After the first paint: the answer stands there before 200,000 rows are put together.
  requestAnimationFrame(() => setTimeout(start));
})();
