/** Two columns, or one. */
export type DiffLayout = "split" | "unified";

/** Two columns need width: a narrow window starts unified. */
export function initialLayout(widthPx: number): DiffLayout {
  return widthPx < 900 ? "unified" : "split";
}
