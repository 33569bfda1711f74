/** Whether a number is exact: JavaScript's have 15 to 17 digits. */

const SURE_DIGITS = 15;
/** As many as toPrecision gives. */
const MAX_DIGITS = 100;

/** Whether a decimal number in JSON's notation, as a JavaScript number, has all of its digits. */
export function keepsDigits(text: string): boolean {
  const number = Number(text);
  // Whole numbers are told apart digit by digit, so what is written must be what was read.
  if (/^-?\d+$/.test(text)) return number === 0 || String(number) === text;
  const digits = digitsOf(text);
  if (digits.length <= SURE_DIGITS) return number !== 0 || digits === "";
  return digits.length <= MAX_DIGITS && digitsOf(number.toPrecision(digits.length)) === digits;
}

/** Without leading zeros. */
function digitsOf(text: string): string {
  return text.replace(/e.*$/i, "").replace(/[-.]/g, "").replace(/^0+/, "");
}
