/** For when what had the focus is gone: without it, the keyboard would start over at the top of the page. */
export function focusMain(): void {
  document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
}
