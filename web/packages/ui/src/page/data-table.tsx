"use client";

import type { ReactNode } from "react";
import { MoreBelow, Loading, type Pages } from "./paged-list";

/** A column of a table. The first one names its rows. */
export interface Column<T> {
  readonly id: string;
  readonly title: string;
  readonly render: (row: T) => ReactNode;
  readonly align?: "start" | "end";
  /** Short words that stay in one line where there is a table. */
  readonly isWhole?: boolean;
}

/**
 * A table; on a phone each row is a card. The roles are written out because a browser forgets what a table is when its
 * parts are laid out otherwise.
 */
export function DataTable<T>({ label, columns, rows, keyOf }: { label: string; columns: readonly Column<T>[]; rows: readonly T[]; keyOf: (row: T) => string }): ReactNode {
  const end = (column: Column<T>) => (column.align === "end" ? "sm:text-end sm:tabular-nums" : "");
  const whole = (column: Column<T>) => (column.isWhole === true ? "sm:whitespace-nowrap" : "");
  return (
    <table role="table" aria-label={label} className="block w-full sm:table">
      <thead role="rowgroup" className="sr-only sm:not-sr-only sm:table-header-group">
        <tr role="row" className="sm:table-row">
          {columns.map((column) => (
            <th key={column.id} role="columnheader" scope="col" className={`border-b border-line px-3 py-2 text-start text-sm font-medium text-muted ${end(column)}`}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="flex flex-col gap-3 sm:table-row-group">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" tabIndex={-1} data-paged className="flex flex-col gap-1.5 rounded-(--radius-card) border border-line bg-surface p-4 outline-none sm:table-row sm:rounded-none sm:border-0 sm:bg-transparent sm:p-0">
            {columns.map((column, index) => index === 0 ? (
              <th key={column.id} role="rowheader" scope="row" className={`text-start font-semibold wrap-anywhere sm:table-cell sm:border-b sm:border-line sm:px-3 sm:py-3 sm:font-medium ${whole(column)}`}>
                {column.render(row)}
              </th>
            ) : (
              <td key={column.id} role="cell" className={`flex items-center justify-between gap-4 wrap-anywhere sm:table-cell sm:border-b sm:border-line sm:px-3 sm:py-3 ${whole(column)} ${end(column)}`}>
                {column.title === "" ? null : <span aria-hidden="true" className="shrink-0 text-sm text-muted sm:hidden">{column.title}</span>}
                <span className={`min-w-0 text-end ${column.align === "end" ? "" : "sm:text-start"}`}>{column.render(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A table that is loaded page by page. */
export function PagedTable<T>({ pages, empty, ...table }: { pages: Pages<T>; label: string; columns: readonly Column<T>[]; keyOf: (row: T) => string; empty: ReactNode }): ReactNode {
  if (pages.starting) return <Loading />;
  if (pages.items.length === 0 && pages.error === undefined) return empty;
  return (
    <MoreBelow pages={pages}>
      <DataTable {...table} rows={pages.items} />
    </MoreBelow>
  );
}
