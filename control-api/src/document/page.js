// Shows /openapi.json as a list of operations. Text is only ever set as text.
const list = document.getElementById("operations");
const filter = document.getElementById("filter");
const count = document.getElementById("count");
let schemas = {};

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child !== undefined && child !== ""));
  return made;
}

/** A text of the document, with what stands between backticks as code. */
function prose(text) {
  return text.split("`").map((piece, index) => (index % 2 === 1 ? element("code", {}, piece) : piece));
}

/** The name of a schema that is referred to. */
function referred(schema) {
  return schema?.$ref?.split("/").at(-1);
}

/** What a value is, in a few words. */
function typeOf(schema = {}) {
  const name = referred(schema);
  if (name !== undefined) return name;
  const variants = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (variants !== undefined) return [...new Set(variants.map(typeOf))].join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const types = [schema.type ?? "anything"].flat().map((type) => (type === "array" ? `list of ${typeOf(schema.items)}` : type));
  return [types.join(" or "), schema.format, ...limits(schema)].filter(Boolean).join(", ");
}

function limits({ minimum, maximum, minLength, maxLength, minItems, maxItems, pattern }) {
  const range = (from, to, what) => {
    if (from === undefined && to === undefined) return undefined;
    if (to === undefined) return `${from}${what} or more`;
    return from === undefined ? `${to}${what} at most` : `${from} to ${to}${what}`;
  };
  return [range(minimum, maximum, ""), range(minLength, maxLength, " characters"), range(minItems, maxItems, " items"), pattern];
}

/** The schemas that a value may be of, where each has a name: they open below it. */
function named(schema = {}) {
  const name = referred(schema);
  if (name !== undefined) return [name];
  return [...(schema.oneOf ?? schema.anyOf ?? schema.allOf ?? []), ...(schema.items === undefined ? [] : [schema.items])].flatMap(named);
}

function fields(entries) {
  return element("dl", {}, ...entries.map(({ name, schema, required, description }) => element("div", {},
    element("dt", {}, element("code", {}, name)),
    element("dd", { class: "type" }, `${typeOf(schema)}${required ? "" : ", optional"}`),
    description === undefined ? undefined : element("dd", {}, ...prose(description)),
    ...named(schema).map((each) => element("dd", {}, link(each))))));
}

/** A schema that opens when somebody wants to see it: they refer to each other without an end. */
function link(name) {
  const details = element("details", { class: "schema" }, element("summary", {}, name));
  details.addEventListener("toggle", () => {
    if (details.childElementCount === 1) details.append(...about(schemas[name] ?? {}));
  });
  return details;
}

/** What a schema says, without its name. */
function about(schema) {
  const name = referred(schema);
  if (name !== undefined) return [link(name)];
  const described = schema.description === undefined ? [] : [element("p", {}, ...prose(schema.description))];
  const variants = schema.oneOf ?? schema.anyOf ?? schema.allOf ?? [];
  const own = Object.entries(schema.properties ?? {}).map(([key, value]) => ({ name: key, schema: value, required: schema.required?.includes(key), description: value.description }));
  const plain = own.length === 0 && variants.length === 0 ? [element("p", {}, typeOf(schema)), ...named(schema).map(link)] : [];
  return [...described, ...variants.flatMap((variant) => about(variant)), ...(own.length === 0 ? [] : [fields(own)]), ...plain];
}

function contents(content = {}) {
  return Object.entries(content).flatMap(([type, { schema }]) => [element("p", {}, element("code", {}, type)), ...about(schema ?? {})]);
}

function inside(operation) {
  const parameters = (operation.parameters ?? []).map(({ name, in: place, schema, required, description }) => ({ name, schema, required, description: [description, place === "query" ? undefined : `In the ${place}.`].filter(Boolean).join(" ") || undefined }));
  const isOpen = (operation.security ?? []).some((scheme) => Object.keys(scheme).length === 0);
  return element("div", { class: "inside" },
    operation.description === undefined ? undefined : element("p", {}, ...prose(operation.description)),
    element("p", {}, element("span", { class: "access" }, isOpen ? "Everybody may ask" : "Needs to be signed in")),
    ...(parameters.length === 0 ? [] : [element("h3", {}, "Parameters"), fields(parameters)]),
    ...(operation.requestBody === undefined ? [] : [element("h3", {}, "Body"), ...contents(operation.requestBody.content)]),
    element("h3", {}, "Answers"),
    ...Object.entries(operation.responses ?? {}).flatMap(([status, answer]) => [
      element("p", {}, element("strong", {}, status === "default" ? "Otherwise" : status), ...prose(answer.description ? ` ${answer.description}` : "")),
      ...contents(answer.content),
    ]));
}

function entry(path, method, operation) {
  const details = element("details", { class: "operation", id: operation.operationId },
    element("summary", {},
      element("span", { class: "method" }, method.toUpperCase()),
      element("code", { class: "path" }, path),
      element("span", { class: "summary" }, ...prose(operation.summary ?? ""))));
  details.dataset.words = [method, path, operation.summary, ...(operation.tags ?? [])].join(" ").toLowerCase();
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(inside(operation));
    // So that the address leads to what is open.
    if (details.open) history.replaceState(null, "", `#${details.id}`);
  });
  return details;
}

function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of list.children) {
    const entries = [...section.querySelectorAll("details.operation")];
    for (const details of entries) details.hidden = !words.every((word) => details.dataset.words.includes(word));
    const left = entries.filter((details) => !details.hidden).length;
    section.hidden = left === 0;
    shown += left;
  }
  count.textContent = shown === 1 ? "1 route" : `${shown} routes`;
}

function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null || !target.matches("details.operation")) return;
  target.open = true;
  target.scrollIntoView();
}

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const { info, paths, components } = await answer.json();
  schemas = components.schemas;
  document.getElementById("about").textContent = info.description ?? "";
  const areas = new Map();
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const area = operation.tags?.[0] ?? "others";
      areas.set(area, [...(areas.get(area) ?? []), entry(path, method, operation)]);
    }
  }
  const sections = [...areas].sort(([a], [b]) => a.localeCompare(b)).map(([area, entries]) => {
    const id = `area-${area}`;
    return element("section", { "aria-labelledby": id }, element("h2", { id }, area), ...entries);
  });
  list.replaceChildren(...sections);
  filter.addEventListener("input", show);
  addEventListener("hashchange", follow);
  show();
  follow();
} catch (error) {
  list.replaceChildren(element("p", { role: "alert" }, `The document could not be loaded: ${error.message}`));
}
