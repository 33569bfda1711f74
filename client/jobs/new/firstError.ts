import type { FieldName, FormErrors } from "./form.ts";

/** Brings the first field with an error into view and focuses it: its invalid control, or its first one. */
export function showFirstError(errors: FormErrors): void {
  const field = fieldsOnPage().find((element) => errors[nameOf(element)]);
  if (!field) return;
  const [control] = CONTROLS.flatMap((selector) => field.querySelector<HTMLElement>(selector) ?? []);
  // A list of templates is taller than the window; its message stands above it.
  field.scrollIntoView({ block: field.offsetHeight > innerHeight / 2 ? "start" : "center" });
  control?.focus({ preventScroll: true });
}

const PREFIX = "field-";
/** The first that a field has is focused. */
const CONTROLS = ["[aria-invalid=true]", "input:checked", "input:enabled, select, button"];

/** In the order of the page. */
function fieldsOnPage(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[id^="${PREFIX}"]`)];
}

/** Elements are given these ids where their errors are shown. */
function nameOf({ id }: HTMLElement): FieldName {
  return id.slice(PREFIX.length) as FieldName;
}
