/** Gives the focus back to the way into the panel, when what had it is gone. */
export function focusPanelButton(): void {
  // After the panel has left the page.
  setTimeout(() => Array.from(document.querySelectorAll<HTMLElement>("[data-panel-button]")).find((button) => button.offsetParent !== null)?.focus());
}
