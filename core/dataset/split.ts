/** How a dataset is split for training. A record's split follows from its id alone, whatever else is generated. */
import { PlotPaletteError } from "../errors.ts";
import { hashOf } from "../random.ts";

export const SPLIT_NAMES = ["train", "validation", "test"] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** Whole percentages of the records that add up to 100. */
export type Split = Readonly<Record<SplitName, number>>;

/** @throws PlotPaletteError BadInput when it does not add up to 100 */
export function checkSplit(split: Split): void {
  const percents = SPLIT_NAMES.map((name) => split[name]);
  const sum = percents.reduce((total, percent) => total + percent, 0);
  if (percents.every((percent) => Number.isInteger(percent) && percent >= 0) && sum === 100) return;
  throw new PlotPaletteError(
    "BadInput",
    `The split must be three whole percentages, for train, validation and test, that add up to 100, not ${percents.join(", ")}.`,
  );
}

/** Parses `80,10,10` (train, validation, test); `undefined` for anything else, or when it does not add up to 100. */
export function parseSplit(text: string): Split | undefined {
  const [, train, validation, test] = /^\s*(\d{1,3})\s*[,/ ]\s*(\d{1,3})\s*[,/ ]\s*(\d{1,3})\s*$/.exec(text) ?? [];
  const split = { train: Number(train), validation: Number(validation), test: Number(test) };
  return split.train + split.validation + split.test === 100 ? split : undefined;
}

/** The splits that records can fall into. */
export function splitNamesOf(split: Split): SplitName[] {
  return SPLIT_NAMES.filter((name) => split[name] > 0);
}

/** The split of a record, by its id. */
export function assignSplit(split: Split, recordId: string): SplitName {
  const percent = (hashOf("split", recordId) / 2 ** 32) * 100;
  if (percent < split.train) return "train";
  return percent < split.train + split.validation ? "validation" : "test";
}

/** `80% train, 20% test`. */
export function formatSplit(split: Split): string {
  return splitNamesOf(split)
    .map((name) => `${split[name]}% ${name}`)
    .join(", ");
}
