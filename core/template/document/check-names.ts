/** Whether a template's names refer to something, and to one thing only. */
import { columnsOf, type Template } from "../template.ts";
import type { Path, TemplateSource } from "./source.ts";

/** Names live in one space, `it`, and in one header, the dataset's. */
export function checkNames(template: Template, source: TemplateSource): void {
  const ids = template.steps.map((step) => step.id);
  const twice = ids.findIndex((id, n) => ids.indexOf(id) < n);
  if (twice >= 0)
    source.addProblem(["steps", twice, "id"], `Two steps have the id "${ids[twice]}"; each step needs its own.`);
  for (const name of Object.keys(template.parameters))
    if (name in template.pick) addNameClash("parameters", name, source);
  for (const section of ["pick", "parameters"] as const)
    for (const name of ["steps", "index", ...(template.accept ? ["record"] : [])])
      if (name in template[section]) addNameClash(section, name, source);
  template.steps.forEach(({ forEach }, n) => {
    const taken =
      forEach &&
      (forEach.as in template.pick || forEach.as in template.parameters || ["steps", "index"].includes(forEach.as));
    if (taken)
      source.addProblem(
        ["steps", n, "as"],
        `The name "${forEach.as}" stands for two things in "it"; choose another for "as".`,
      );
  });
  checkColumns(template, source);
}

function addNameClash(section: "pick" | "parameters", name: string, source: TemplateSource): void {
  source.addKeyProblem(
    [section],
    name,
    `The name "${name}" stands for two things in "it"; rename a pick or a parameter.`,
  );
}

function checkColumns(template: Template, source: TemplateSource): void {
  checkTraining(template, source);
  const columns = columnsOf(template);
  for (const name of ["id", "_meta"])
    if (columns.includes(name))
      source.addKeyProblem(
        [template.record ? "record" : "steps"],
        name,
        `A column cannot be called "${name}"; every row has one already.`,
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
  const { messages, alpaca = {} } = template.training ?? {};
  const check = (path: Path, name: string | undefined) => {
    if (name === undefined || columns.includes(name)) return;
    const place = ["training", ...path];
    source.addProblem(
      place,
      `"${place.join(".")}" is "${name}", which is not a column of the record (it has ${columns.join(", ")}).`,
    );
  };
  check(["messages"], messages);
  for (const [key, name] of Object.entries(alpaca)) check(["alpaca", key], name as string | undefined);
}
