/** Whether a template's names refer to something, and to one thing only. */
import { columnsOf, type Template } from "../template.ts";
import type { Path, TemplateSource } from "./source.ts";

/** Names share one namespace, `it`, and one header, the dataset's. */
export function checkNames(template: Template, source: TemplateSource): void {
  const ids = template.steps.map((step) => step.id);
  const duplicate = ids.findIndex((id, n) => ids.indexOf(id) < n);
  if (duplicate >= 0)
    source.addProblem(
      ["steps", duplicate, "id"],
      `Two steps have the id "${ids[duplicate]}"; each step needs its own.`,
    );
  for (const name of Object.keys(template.parameters))
    if (name in template.pick) addNameClash("parameters", name, source);
  // Names that only some templates use are free in all others.
  const draws = template.draws ? ["draws"] : [];
  const rows = template.rows === undefined ? [] : ["row", ...(template.accept ? ["rows"] : [])];
  for (const section of ["pick", "parameters"] as const)
    for (const name of ["steps", "index", ...draws, ...rows, ...(template.accept ? ["record"] : [])])
      if (name in template[section]) addNameClash(section, name, source);
  template.steps.forEach(({ forEach }, n) => {
    const isTaken =
      forEach &&
      (forEach.as in template.pick ||
        forEach.as in template.parameters ||
        ["steps", "index", ...draws].includes(forEach.as));
    if (isTaken)
      source.addProblem(
        ["steps", n, "as"],
        `The name "${forEach.as}" means two things in "it"; choose another for "as".`,
      );
  });
  checkColumns(template, source);
}

function addNameClash(section: "pick" | "parameters", name: string, source: TemplateSource): void {
  source.addKeyProblem([section], name, `The name "${name}" means two things in "it"; rename a pick or a parameter.`);
}

function checkColumns(template: Template, source: TemplateSource): void {
  checkTraining(template, source);
  const columns = columnsOf(template);
  for (const name of ["id", "_meta"])
    if (columns.includes(name))
      source.addKeyProblem(
        [template.record ? "record" : "steps"],
        name,
        `A column cannot be named "${name}"; every row already has one.`,
      );
  template.categories.forEach((name, n) => {
    if (!columns.includes(name))
      source.addProblem(
        ["categories", n],
        `The category "${name}" is not a column of the record (it has ${columns.join(", ")}).`,
      );
  });
}

function checkTraining(template: Template, source: TemplateSource): void {
  const columns = columnsOf(template);
  const { messages, tools, ...formats } = template.training ?? {};
  const check = (path: Path, name: string | undefined) => {
    if (name === undefined || columns.includes(name)) return;
    const fullPath = ["training", ...path];
    source.addProblem(
      fullPath,
      `"${fullPath.join(".")}" is "${name}", which is not a column of the record (it has ${columns.join(", ")}).`,
    );
  };
  check(["messages"], messages);
  check(["tools"], tools);
  for (const [format, mapping] of Object.entries(formats))
    for (const [key, name] of Object.entries(mapping)) check([format, key], name as string | undefined);
}
