// Shows /openapi.json as a list of operations. Text is only ever set as text.
const list = document.getElementById("operations");
const filter = document.getElementById("filter");

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

// The schemas that one uses, with those that they use in turn.
function withReferences(value, schemas, found = {}) {
  for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (name in found || !(name in schemas)) continue;
    found[name] = schemas[name];
    withReferences(schemas[name], schemas, found);
  }
  return found;
}

function section(title, value) {
  return [element("h3", title), element("pre", JSON.stringify(value, null, 2))];
}

function operation(path, method, about, schemas) {
  const name = element("span", method.toUpperCase());
  name.className = "method";
  const details = element("details", "", element("summary", "", name, element("code", path), ` ${about.summary ?? ""}`));
  details.dataset.path = path;
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    if (about.description) details.append(element("p", about.description));
    if (about.parameters) details.append(...section("Parameters", about.parameters));
    if (about.requestBody) details.append(...section("Body", about.requestBody));
    details.append(...section("Answers", about.responses));
    details.append(...section("Schemas", withReferences(about, schemas)));
  });
  return details;
}

filter.addEventListener("input", () => {
  for (const details of list.children) details.hidden = !details.dataset.path?.includes(filter.value.trim());
});

try {
  const answer = await fetch("/openapi.json");
  const { paths, components } = await answer.json();
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, about]) => operation(path, method, about, components.schemas)));
  list.replaceChildren(...operations);
} catch (error) {
  list.replaceChildren(element("p", `The document could not be loaded: ${error.message}`));
}
