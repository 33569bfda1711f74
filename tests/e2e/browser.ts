/** A real browser: one found on the machine, otherwise the one that npm installed. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const FOUND = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Not the package's own arguments: they disable what the tests check (web security, site isolation). */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? FOUND.find((path) => existsSync(path)) ?? (await installedByNpm());
  return chromium.launch({ executablePath, args: ARGUMENTS, headless: true });
}

/** Unpacks into the temporary directory on first use, with the libraries that a minimal machine lacks. */
async function installedByNpm(): Promise<string> {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs22.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  return packaged.executablePath();
}
