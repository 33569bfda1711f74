/** How differences are shown: two columns, or one. */
export type DiffLook = "beside" | "unified";

/** Two columns of a source need room: a narrow window begins with one. */
export function firstLook(widthPx: number): DiffLook {
  return widthPx < 900 ? "unified" : "beside";
}
