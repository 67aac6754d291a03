/** The list with the item at `index` one place further up (-1) or down (1). */
export function moved<T>(items: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...items];
  const [item] = next.splice(index, 1);
  if (item !== undefined) next.splice(index + by, 0, item);
  return next;
}

/** The list with the items of these ids, in the order in which they stand, before or behind another one. */
export function movedBeside<T extends { readonly id: string }>(items: readonly T[], ids: readonly string[], target: string, before: boolean): T[] {
  const taken = items.filter(({ id }) => ids.includes(id) && id !== target);
  const rest = items.filter((item) => !taken.includes(item));
  const at = rest.findIndex(({ id }) => id === target);
  if (at < 0) return [...items];
  return rest.toSpliced(before ? at : at + 1, 0, ...taken);
}
