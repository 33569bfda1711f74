/** Code can be read: each color of its highlighting on each background it can have, in both themes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CODE_STYLES, YAML_STYLES } from "../../../../client/editor/code/styles.ts";

type Rgb = readonly [number, number, number];

const READABLE = 4.5;
const client = (path: string) => readFileSync(join(import.meta.dirname, "../../../../client", path), "utf8");
const TOKENS = new Map(
  [...client("ui/tokens.css").matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: rgbOf(light!), dark: rgbOf(dark!) }],
  ),
);

const COLORS = [
  ...Object.entries(CODE_STYLES).flatMap(([selector, { color }]) =>
    selector === "&" || selector.startsWith(".eta-") ? (color ?? []) : [],
  ),
  ...YAML_STYLES.flatMap(({ color }) => (color as string | undefined) ?? []),
];
/** Of text in the editor: not of its gutters, panels and tooltips. */
const ON_TEXT = /^(&|\.eta-\w+|\.cm-(activeLine|selectionMatch|matchingBracket.*))$/;
const BACKGROUNDS = [
  ...Object.entries(CODE_STYLES).flatMap(([selector, { backgroundColor }]) =>
    ON_TEXT.test(selector) ? (backgroundColor ?? []) : [],
  ),
  ...[...client("editor/editor.css").matchAll(/((?:^\.diff .*\n)+) {2}background: (.*);/gm)].flatMap(
    ([, selectors, background]) => (/changed(Line|Text)|deleted/.test(selectors!) ? background! : []),
  ),
];

test("colors and backgrounds of the editor and of differences are found", () => {
  expect(new Set(COLORS).size).toBeGreaterThanOrEqual(7);
  expect(BACKGROUNDS).toContain("var(--accent-soft)");
  expect(BACKGROUNDS.filter((background) => background.startsWith("color-mix"))).toHaveLength(3);
});

describe.each(["light", "dark"] as const)("in %s mode", (theme) => {
  const opaque = BACKGROUNDS.filter((background) => background.startsWith("var")).map((name) => tokenOf(name, theme));
  const grounds = BACKGROUNDS.flatMap((background) =>
    background.startsWith("var")
      ? [[background, tokenOf(background, theme)] as const]
      : opaque.map((below) => [`${background} on rgb(${below.join(" ")})`, mixOf(background, below, theme)] as const),
  );

  test.each([...new Set(COLORS)])("%s is readable on every background", (color) => {
    const unreadable = grounds
      .map(([name, ground]) => ({ name, contrast: contrastOf(tokenOf(color, theme), ground) }))
      .filter(({ contrast }) => contrast < READABLE);
    expect(unreadable).toEqual([]);
  });
});

function tokenOf(text: string, theme: "light" | "dark"): Rgb {
  const token = TOKENS.get(/^var\(--([\w-]+)\)$/.exec(text)?.[1] ?? "");
  if (!token) throw new Error(`Expected a color of tokens.css, received "${text}".`);
  return token[theme];
}

/** A translucent color over another one. */
function mixOf(text: string, below: Rgb, theme: "light" | "dark"): Rgb {
  const [, color, percent] = /^color-mix\(in srgb, (var\(--[\w-]+\)) (\d+)%, transparent\)$/.exec(text) ?? [];
  if (!color) throw new Error(`Expected a translucent color, received "${text}".`);
  const share = Number(percent) / 100;
  const [red, green, blue] = tokenOf(color, theme).map((value, index) => value * share + below[index]! * (1 - share));
  return [red!, green!, blue!];
}

function rgbOf(hex: string): Rgb {
  const value = (at: number) => parseInt(hex.slice(at, at + 2), 16);
  return [value(1), value(3), value(5)];
}

/** As WCAG 2.2 defines it: from 1 to 21. */
function contrastOf(one: Rgb, other: Rgb): number {
  const [darker, lighter] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function luminanceOf(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
